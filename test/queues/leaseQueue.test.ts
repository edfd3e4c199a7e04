import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LeaseQueue } from "../../src/queues/leaseQueue.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import { jobIds } from "./jobIds.js";

const LEASE_SECONDS = 0.2;

let redis: RedisClient;
let queue: LeaseQueue;

beforeEach(async () => {
  redis = openRedis(await freshDatabase());
  queue = new LeaseQueue("starter-a%3Ab", redis, LEASE_SECONDS);
});

afterEach(async () => {
  await queue.close();
  redis.disconnect();
});

/** Reclaims until a lease has expired. */
async function reclaimAfterExpiry(rank: number | undefined): Promise<string[]> {
  for (;;) {
    const { reclaimed, dropped } = await queue.reclaim(async () =>
      rank === undefined ? undefined : { rank, waitingSinceSeconds: 1_800_000_000 },
    );
    const ids = [...reclaimed, ...dropped];
    if (ids.length > 0) return ids;
  }
}

/** Waits until all delayed jobs are due by the clock of this process, which BullMQ goes by: the service's may be ahead. */
const waitUntilDue = (): Promise<void> =>
  waitUntil("the delayed jobs are due", async () => (await queue.jobsDueAfter(Date.now()).next()).done === true);

describe("a lease", () => {
  test("goes to the next job by rank, then by arrival, and to each job once", async () => {
    await queue.add([
      { id: "low", rank: 9 },
      { id: "first", rank: 5 },
      { id: "second", rank: 5 },
      { id: "high", rank: 1 },
    ]);
    const leased = [];
    for (let id = await queue.lease(); id !== undefined; id = await queue.lease()) leased.push(id);
    expect(leased).toEqual(["high", "first", "second", "low"]);
  });

  test("adding an existing id changes nothing", async () => {
    await queue.add([{ id: "a", rank: 1 }]);
    expect(await queue.lease()).toBe("a");
    await queue.add([{ id: "a", rank: 1 }]);
    expect(await queue.lease()).toBeUndefined();
  });

  test("an acknowledged job leaves no keys, and can be added again", async () => {
    await queue.add([{ id: "a", rank: 1 }]);
    await queue.lease();
    await queue.ack("a");
    expect(await jobIds(queue)).toEqual({ live: new Set(), dead: new Set() });
    await queue.add([{ id: "a", rank: 1 }]);
    expect(await queue.lease()).toBe("a");
  });

  test("a released job becomes the first of its rank", async () => {
    await queue.add([
      { id: "a", rank: 5 },
      { id: "b", rank: 5 },
    ]);
    expect(await queue.lease()).toBe("a");
    await queue.release("a");
    expect(await queue.lease()).toBe("a");
  });
});

describe("jobs that are requeued together", () => {
  /** The order differs from that of the ids. */
  const ids = ["d", "b", "e", "a", "c"];
  const positionOf = async (id: string) => ({
    rank: 12_800,
    waitingSinceSeconds: 1_800_000_000 + ids.indexOf(id) / 10,
  });

  const leaseAll = async () => {
    const leased = [];
    for (let id = await queue.lease(); id !== undefined; id = await queue.lease()) leased.push(id);
    return leased;
  };

  beforeEach(async () => {
    await queue.add([...ids, "never-leased"].map((id) => ({ id, rank: 12_800 })));
    await queue.add([{ id: "higher", rank: 12_799 }]);
    for (let job = 0; job < 1 + ids.length; job++) await queue.lease();
    await queue.ack("higher");
    await queue.add([{ id: "higher", rank: 12_799 }]);
  });

  test("after expired leases are leased in the order in which they began to wait", async () => {
    const back: string[] = [];
    while (back.length < ids.length) back.push(...(await queue.reclaim(positionOf)).reclaimed);
    expect(await leaseAll()).toEqual(["higher", ...ids, "never-leased"]);
  });

  test("after a release are, too", async () => {
    for (const id of [...ids].sort()) await queue.release(id, { position: await positionOf(id) });
    expect(await leaseAll()).toEqual(["higher", ...ids, "never-leased"]);
  });
});

describe("an expired lease", () => {
  test("requeues its job as the first of its rank, behind jobs of a better rank", async () => {
    await queue.add([
      { id: "a", rank: 5 },
      { id: "b", rank: 5 },
    ]);
    expect(await queue.lease()).toBe("a");
    expect(await reclaimAfterExpiry(5)).toEqual(["a"]);
    await queue.add([{ id: "urgent", rank: 1 }]);
    expect([await queue.lease(), await queue.lease(), await queue.lease()]).toEqual(["urgent", "a", "b"]);
  });

  test("may recur without becoming a failure", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    for (let round = 0; round < 3; round++) {
      expect(await queue.lease()).toBe("a");
      await reclaimAfterExpiry(5);
    }
    expect(await queue.lease()).toBe("a");
    expect((await jobIds(queue)).dead.size).toBe(0);
  });

  test("removes a job that is no longer wanted", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    await queue.lease();
    await reclaimAfterExpiry(undefined);
    expect((await jobIds(queue)).live.size).toBe(0);
  });

  test("a late ack removes the job all the same", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    await queue.lease();
    await reclaimAfterExpiry(5);
    await queue.ack("a");
    expect((await jobIds(queue)).live.size).toBe(0);
  });
});

describe("a failure", () => {
  test("requeues the job behind the others of its new rank", async () => {
    await queue.add([
      { id: "a", rank: 5 },
      { id: "b", rank: 5 },
      { id: "c", rank: 7 },
    ]);
    expect(await queue.lease()).toBe("a");
    expect(await queue.requeueLater("a", 6, 0)).toBe(true);
    await waitUntilDue();
    expect([await queue.lease(), await queue.lease(), await queue.lease()]).toEqual(["b", "a", "c"]);
  });

  test("does nothing without a lease, so that a repeated report counts once", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    expect(await queue.requeueLater("a", 6, 0)).toBe(false);
    await queue.lease();
    const reports = await Promise.all(Array.from({ length: 8 }, () => queue.requeueLater("a", 6, 60_000)));
    expect(reports.filter(Boolean)).toHaveLength(1);
    expect(await queue.moveToDeadLetters("a", "no lease")).toBe(false);
    expect(await queue.lease()).toBeUndefined();
  });

  test("the last failure makes a dead letter that an operator can retry", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    await queue.lease();
    expect(await queue.moveToDeadLetters("a", "submit machine on fire")).toBe(true);
    expect(await jobIds(queue)).toEqual({ live: new Set(), dead: new Set(["a"]) });
    const job = await queue.queue.getJob("a");
    expect(job?.failedReason).toBe("submit machine on fire");
    await job?.retry();
    expect(await queue.lease()).toBe("a");
  });
});

test("a lost dead letter is restored, and cannot be leased", async () => {
  await queue.restoreDeadLetter("a", "known from the entity");
  expect(await queue.lease()).toBeUndefined();
  const job = await queue.queue.getJob("a");
  expect(await job?.getState()).toBe("failed");
  expect(job?.failedReason).toBe("known from the entity");
  await job?.retry();
  expect(await queue.lease()).toBe("a");
});

describe("a retry", () => {
  test("requeues a dead letter with its new rank", async () => {
    await queue.add([
      { id: "a", rank: 9 },
      { id: "b", rank: 5 },
    ]);
    await queue.lease();
    await queue.moveToDeadLetters("b", "no");
    expect(await queue.readDeadLetteredAtMs("b")).toBeCloseTo(Date.now(), -5);
    await queue.retryDeadLetter("b", 1);
    expect(await queue.readDeadLetteredAtMs("b")).toBeUndefined();
    expect([await queue.lease(), await queue.lease()]).toEqual(["b", "a"]);
  });

  test("changes no waiting or leased job, and adds a lost one", async () => {
    await queue.add([
      { id: "leased", rank: 1 },
      { id: "waiting", rank: 5 },
    ]);
    await queue.lease();
    for (const id of ["leased", "waiting", "lost"]) await queue.retryDeadLetter(id, 6);
    expect([await queue.lease(), await queue.lease(), await queue.lease()]).toEqual(["waiting", "lost", undefined]);
  });
});

describe("a paused queue", () => {
  test("leases nothing, keeps the order of its jobs, and continues after the resume", async () => {
    await queue.add([{ id: "before", rank: 5 }]);
    expect(await queue.lease()).toBe("before");
    await queue.queue.pause();
    await queue.add([
      { id: "later", rank: 5 },
      { id: "urgent", rank: 1 },
    ]);
    expect(await queue.lease()).toBeUndefined();
    expect((await jobIds(queue)).live).toEqual(new Set(["before", "later", "urgent"]));
    expect(await reclaimAfterExpiry(5)).toEqual(["before"]);
    expect(await queue.lease()).toBeUndefined();
    await queue.queue.resume();
    expect([await queue.lease(), await queue.lease(), await queue.lease()]).toEqual(["urgent", "before", "later"]);
  });

  test("accepts the reports of leases that began before", async () => {
    await queue.add([
      { id: "a", rank: 1 },
      { id: "b", rank: 2 },
      { id: "c", rank: 3 },
    ]);
    for (let job = 0; job < 3; job++) await queue.lease();
    await queue.queue.pause();
    await queue.ack("a");
    expect(await queue.requeueLater("b", 2, 0)).toBe(true);
    await waitUntilDue();
    await queue.release("c");
    expect((await jobIds(queue)).live).toEqual(new Set(["b", "c"]));
    expect(await queue.lease()).toBeUndefined();
    await queue.queue.resume();
    expect([await queue.lease(), await queue.lease()]).toEqual(["b", "c"]);
  });
});

test("an ack of many removes waiting and leased jobs", async () => {
  await queue.add([
    { id: "a", rank: 5 },
    { id: "b", rank: 5 },
    { id: "c", rank: 5 },
  ]);
  await queue.lease();
  await queue.ackAll(["a", "b", "unknown"]);
  expect((await jobIds(queue)).live).toEqual(new Set(["c"]));
});

test("the keys of a schedd with special characters stay in one slot", async () => {
  await queue.add([{ id: "a", rank: 5 }]);
  const keys = await findKeys(redis, "*");
  expect(keys.length).toBeGreaterThan(0);
  expect(new Set(keys.map((key) => key.slice(key.indexOf("{"), key.indexOf("}") + 1))).size).toBe(1);
});
