import type { JobJson } from "bullmq";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LeaseQueue } from "../../src/queues/leaseQueue.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";

let redis: RedisClient;
let queues: LeaseQueue[];

beforeEach(async () => {
  redis = openRedis(await freshDatabase());
  queues = ["starter-a", "starter-b"].map((name) => new LeaseQueue(name, redis, 300));
});

afterEach(async () => {
  for (const queue of queues) await queue.close();
  redis.disconnect();
});

/** Adds jobs by BullMQ's command for one job. */
async function addByBullMq({ queue }: LeaseQueue, jobs: readonly { id: string; rank: number }[]): Promise<void> {
  const unused = { progress: 0, attemptsMade: 0, attemptsStarted: 0, stalledCounter: 0, failedReason: "" };
  for (const { id, rank } of jobs) {
    const opts = { priority: rank };
    const job: JobJson = { id, name: "taskforce", data: "{}", opts, timestamp: Date.now(), returnvalue: "", ...unused };
    await queue.getBackend().addJob(job, id);
  }
}

/** The data of a queue, without times and ids of events. */
async function readQueue({ queue }: LeaseQueue): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  const prefix = queue.toKey("");
  for (const key of await redis.keys(`${prefix}*`)) {
    const name = key.slice(prefix.length);
    const type = await redis.type(key);
    if (type === "list") found[name] = await redis.lrange(key, 0, -1);
    else if (type === "string") found[name] = await redis.get(key);
    else if (type === "zset") found[name] = await redis.zrange(key, 0, "-1", "WITHSCORES");
    else if (type === "stream") found[name] = (await redis.xrange(key, "-", "+")).map(([, fields]) => fields);
    else if (type === "hash") {
      const { timestamp, ...fields } = await redis.hgetall(key);
      found[name] = { ...fields, encoding: await redis.object("ENCODING", key) };
      if (timestamp !== undefined) expect(Number(timestamp)).toBeGreaterThan(Date.now() - 60_000);
    } else throw new Error(`${key} is a ${type}`);
  }
  return found;
}

test("jobs that are added together are as those that BullMQ adds", async () => {
  const [ours, theirs] = queues as [LeaseQueue, LeaseQueue];
  const jobs = Array.from({ length: 120 }, (_, n) => ({ id: `TF-${n}`, rank: n % 3 === 0 ? 1 : 2_097_151 - n }));
  await ours.add(jobs);
  await addByBullMq(theirs, jobs);
  const found = await readQueue(ours);
  expect(found["TF-1"]).toMatchObject({ name: "taskforce", opts: '{"priority":2097150}', encoding: "listpack" });
  expect(found).toEqual(await readQueue(theirs));
});

test("a job that the queue has already stays unchanged in any state", async () => {
  const [ours] = queues as [LeaseQueue];
  await ours.add(["leased", "dead", "late", "waits"].map((id, n) => ({ id, rank: n + 1 })));
  for (const id of ["leased", "dead", "late"]) expect(await ours.lease()).toBe(id);
  await ours.moveToDeadLetters("dead", "it failed too often");
  await ours.requeueLater("late", 3, 3_600_000);
  const { events, id, ...before } = await readQueue(ours);
  await ours.add(["leased", "dead", "late", "waits"].map((job) => ({ id: job, rank: 9 })));
  expect(await readQueue(ours)).toMatchObject(before);
});
