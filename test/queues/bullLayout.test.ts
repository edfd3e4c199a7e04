import { ErrorCode, type MinimalJob, PRIORITY_LIMIT } from "bullmq";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  DELAY_SCORE_STEP,
  JOB_FIELDS,
  type JobState,
  jobKey,
  LIST_STATES,
  lockKey,
  MAX_EVENTS_FIELD,
  RANK_SCORE_STEP,
  SORTED_SET_STATES,
  stateKey,
} from "../../src/queues/bullLayout.js";
import { LeaseQueue } from "../../src/queues/leaseQueue.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";

/*
 * Checks each fact of `src/queues/bullLayout.ts` with the installed BullMQ. Only BullMQ's own commands move the jobs.
 */

const LEASE_SECONDS = 0.3;
const TOKEN = "token";

let redis: RedisClient;
let leaseQueue: LeaseQueue;
let queue: LeaseQueue["queue"];
let backend: ReturnType<LeaseQueue["queue"]["getBackend"]>;

beforeEach(async () => {
  redis = openRedis(await freshDatabase());
  leaseQueue = new LeaseQueue("starter-a", redis, LEASE_SECONDS);
  queue = leaseQueue.queue;
  backend = queue.getBackend();
});

afterEach(async () => {
  await leaseQueue.close();
  redis.disconnect();
});

const addJob = (id: string, options: { priority?: number; delay?: number } = {}) =>
  queue.add("job", {}, { jobId: id, ...options });
const lease = async () => ((await backend.moveToActive(TOKEN)) as [unknown, string])[1];
const minimalJob = (id: string) => ({ id, opts: { attempts: 1 } }) as unknown as MinimalJob;
const fail = (id: string) =>
  backend.moveToFailed(minimalJob(id), "broken", false, TOKEN, false, { failedReason: "broken", stacktrace: "[]" });
const scoreOf = async (id: string) => Number(await redis.zscore(stateKey(queue, "prioritized"), id));

/** Creates a job in each state. */
const STEPS: Record<JobState, (id: string) => Promise<unknown>> = {
  wait: (id) => addJob(id),
  async active(id) {
    await addJob(id);
    expect(await lease()).toBe(id);
  },
  prioritized: (id) => addJob(id, { priority: 1 }),
  delayed: (id) => addJob(id, { delay: 3_600_000 }),
  async failed(id) {
    await addJob(id);
    await lease();
    await fail(id);
  },
};

describe("keys of states", () => {
  test.each(LIST_STATES)("%s is a list of ids", async (state) => {
    await STEPS[state]("a");
    expect(await redis.lrange(stateKey(queue, state), 0, -1)).toEqual(["a"]);
  });

  test.each(SORTED_SET_STATES)("%s is a sorted set of ids", async (state) => {
    await STEPS[state]("a");
    expect(await redis.zrange(stateKey(queue, state), 0, "-1")).toEqual(["a"]);
  });

  test("a job is in one of them only", async () => {
    for (const state of [...LIST_STATES, ...SORTED_SET_STATES]) {
      await queue.obliterate({ force: true });
      await STEPS[state]("a");
      const present = await Promise.all([
        ...LIST_STATES.map(async (each) => (await redis.lpos(stateKey(queue, each), "a")) !== null && each),
        ...SORTED_SET_STATES.map(async (each) => (await redis.zscore(stateKey(queue, each), "a")) !== null && each),
      ]);
      expect(present.filter(Boolean)).toEqual([state]);
    }
  });

  test("a paused queue keeps its jobs in their lists and sets", async () => {
    await addJob("a");
    await queue.pause();
    await addJob("b");
    await addJob("ranked", { priority: 1 });
    expect(await redis.lrange(stateKey(queue, "wait"), 0, -1)).toEqual(["b", "a"]);
    expect(await redis.zrange(stateKey(queue, "prioritized"), 0, "-1")).toEqual(["ranked"]);
  });

  test("jobs enter the lists at the left end and leave at the right one", async () => {
    for (const id of ["a", "b", "c"]) await addJob(id);
    expect(await redis.lrange(stateKey(queue, "wait"), 0, -1)).toEqual(["c", "b", "a"]);
    expect([await lease(), await lease()]).toEqual(["a", "b"]);
    expect(await redis.lrange(stateKey(queue, "active"), 0, -1)).toEqual(["b", "a"]);
  });

  test("the list wait precedes every rank", async () => {
    await addJob("ranked", { priority: 1 });
    await addJob("unranked");
    expect([await lease(), await lease()]).toEqual(["unranked", "ranked"]);
  });

  test("a stalled job goes to the list wait", async () => {
    await addJob("a", { priority: 5 });
    await lease();
    while ((await redis.lrange(stateKey(queue, "wait"), 0, -1)).length === 0) await backend.moveStalledJobsToWait();
    expect(await redis.zcard(stateKey(queue, "prioritized"))).toBe(0);
  });
});

describe("scores", () => {
  test("of a waiting job: its rank times 2³², plus a counter of arrivals", async () => {
    for (const [id, priority] of Object.entries({ a: 5, b: 5, c: 7 })) await addJob(id, { priority });
    expect([await scoreOf("a"), await scoreOf("b"), await scoreOf("c")]).toEqual([
      5 * RANK_SCORE_STEP + 1,
      5 * RANK_SCORE_STEP + 2,
      7 * RANK_SCORE_STEP + 3,
    ]);
  });

  test("of a job requeued after a lease: its rank times 2³²", async () => {
    await addJob("a", { priority: 5 });
    await lease();
    await backend.moveJobFromActiveToWait("a", TOKEN);
    expect(await scoreOf("a")).toBe(5 * RANK_SCORE_STEP);
  });

  test("of the lowest rank are exact integers", () => {
    expect(Number.isSafeInteger(PRIORITY_LIMIT * RANK_SCORE_STEP + RANK_SCORE_STEP - 1)).toBe(true);
  });

  test("of a delayed job: the epoch milliseconds at which it is due times 2¹², plus a counter", async () => {
    const startMs = Date.now();
    for (const id of ["a", "b"]) await addJob(id);
    for (const id of [await lease(), await lease()]) await backend.moveToDelayed(id, startMs, 60_000, TOKEN);
    const scores = await redis.zmscore(stateKey(queue, "delayed"), "a", "b");
    expect(scores.map(Number)).toEqual([
      (startMs + 60_000) * DELAY_SCORE_STEP,
      (startMs + 60_000) * DELAY_SCORE_STEP + 1,
    ]);
  });

  test("of a failed job: epoch milliseconds", async () => {
    const startMs = Date.now();
    await STEPS.failed("a");
    const atMs = Number(await redis.zscore(stateKey(queue, "failed"), "a"));
    expect(atMs).toBeGreaterThanOrEqual(startMs);
    expect(atMs).toBeLessThanOrEqual(Date.now());
  });
});

describe("a job's hash", () => {
  const read = (field: string) => redis.hget(jobKey(queue, "a"), field);

  test("holds when the lease began", async () => {
    const startMs = Date.now();
    await STEPS.active("a");
    const atMs = Number(await read(JOB_FIELDS.leasedAtMs));
    expect(atMs).toBeGreaterThanOrEqual(startMs);
    expect(atMs).toBeLessThanOrEqual(Date.now());
  });

  test("contains the reason and the time of the failure, which equals its score", async () => {
    await STEPS.failed("a");
    expect(await read(JOB_FIELDS.failureReason)).toBe("broken");
    expect(await read(JOB_FIELDS.failedAtMs)).toBe(await redis.zscore(stateKey(queue, "failed"), "a"));
  });

  test("holds the delay in milliseconds", async () => {
    await STEPS.delayed("a");
    expect(await read(JOB_FIELDS.delayMs)).toBe("3600000");
  });
});

test("the lock exists while a job is leased, and expires with the lease", async () => {
  await addJob("a");
  expect(await redis.exists(lockKey(queue, "a"))).toBe(0);
  await lease();
  expect(await redis.get(lockKey(queue, "a"))).toBe(TOKEN);
  const ttlMs = await redis.pttl(lockKey(queue, "a"));
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(1000 * LEASE_SECONDS);
});

test("the meta hash limits the event stream", async () => {
  await backend.setQueueMeta({ [MAX_EVENTS_FIELD]: 3 });
  await addJob("a");
  expect(await redis.hget(queue.toKey("meta"), MAX_EVENTS_FIELD)).toBe("3");
  for (let n = 0; n < 300; n++) await addJob(`job-${n}`);
  // BullMQ trims whole nodes of the stream, with 100 entries by default.
  expect(await redis.xlen(queue.toKey("events"))).toBeLessThan(250);
});

describe("error codes", () => {
  test("of a job that does not exist", async () => {
    await expect(fail("a")).rejects.toMatchObject({ code: ErrorCode.JobNotExist });
  });

  test("of a job without a lock", async () => {
    await addJob("a");
    await expect(fail("a")).rejects.toMatchObject({ code: ErrorCode.JobLockNotExist });
  });

  test("of another lock", async () => {
    await STEPS.active("a");
    await redis.set(lockKey(queue, "a"), "another token");
    await expect(fail("a")).rejects.toMatchObject({ code: ErrorCode.JobLockMismatch });
  });

  test("of a job in another state", async () => {
    await addJob("a");
    await expect(backend.retryFinishedJob(minimalJob("a"), "failed", {})).rejects.toMatchObject({
      code: ErrorCode.JobNotInState,
    });
  });
});
