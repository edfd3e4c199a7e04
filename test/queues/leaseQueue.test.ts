import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LeaseQueue } from "../../src/queues/leaseQueue.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
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

/** Reclaims until a lease ran out. */
async function reclaimAfterExpiry(rank: number | undefined): Promise<string[]> {
  for (;;) {
    const { reclaimed, dropped } = await queue.reclaim(async () =>
      rank === undefined ? undefined : { rank, waitingSinceSeconds: 1_800_000_000 },
    );
    const ids = [...reclaimed, ...dropped];
    if (ids.length > 0) return ids;
  }
}

describe("taking", () => {
  test("goes by rank, then by arrival, and leases each job once", async () => {
    await queue.add([
      { id: "low", rank: 9 },
      { id: "first", rank: 5 },
      { id: "second", rank: 5 },
      { id: "high", rank: 1 },
    ]);
    const taken = [];
    for (let id = await queue.lease(); id !== undefined; id = await queue.lease()) taken.push(id);
    expect(taken).toEqual(["high", "first", "second", "low"]);
  });

  test("an id that is there already stays as it is", async () => {
    await queue.add([{ id: "a", rank: 1 }]);
    expect(await queue.lease()).toBe("a");
    await queue.add([{ id: "a", rank: 1 }]);
    expect(await queue.lease()).toBeUndefined();
  });

  test("an ended job leaves nothing behind, and can come again", async () => {
    await queue.add([{ id: "a", rank: 1 }]);
    await queue.lease();
    await queue.ack("a");
    expect(await jobIds(queue)).toEqual({ live: new Set(), dead: new Set() });
    await queue.add([{ id: "a", rank: 1 }]);
    expect(await queue.lease()).toBe("a");
  });

  test("a lease that is given back goes to the head of its equals", async () => {
    await queue.add([
      { id: "a", rank: 5 },
      { id: "b", rank: 5 },
    ]);
    expect(await queue.lease()).toBe("a");
    await queue.release("a");
    expect(await queue.lease()).toBe("a");
  });
});

describe("leases that come back together", () => {
  /** In another order than that of the ids. */
  const ids = ["d", "b", "e", "a", "c"];
  const placeOf = async (id: string) => ({
    rank: 12_800,
    waitingSinceSeconds: 1_800_000_000 + ids.indexOf(id) / 10,
  });

  const takeAll = async () => {
    const taken = [];
    for (let id = await queue.lease(); id !== undefined; id = await queue.lease()) taken.push(id);
    return taken;
  };

  beforeEach(async () => {
    await queue.add([...ids, "never-taken"].map((id) => ({ id, rank: 12_800 })));
    await queue.add([{ id: "higher", rank: 12_799 }]);
    for (let job = 0; job < 1 + ids.length; job++) await queue.lease();
    await queue.ack("higher");
    await queue.add([{ id: "higher", rank: 12_799 }]);
  });

  test("by running out are offered again in the order in which they began to wait", async () => {
    const back: string[] = [];
    while (back.length < ids.length) back.push(...(await queue.reclaim(placeOf)).reclaimed);
    expect(await takeAll()).toEqual(["higher", ...ids, "never-taken"]);
  });

  test("by being given back are, too", async () => {
    for (const id of [...ids].sort()) await queue.release(id, await placeOf(id));
    expect(await takeAll()).toEqual(["higher", ...ids, "never-taken"]);
  });
});

describe("a lease that ran out", () => {
  test("is offered again, at the head of its equals, but not before those of higher rank", async () => {
    await queue.add([
      { id: "a", rank: 5 },
      { id: "b", rank: 5 },
    ]);
    expect(await queue.lease()).toBe("a");
    expect(await reclaimAfterExpiry(5)).toEqual(["a"]);
    await queue.add([{ id: "urgent", rank: 1 }]);
    expect([await queue.lease(), await queue.lease(), await queue.lease()]).toEqual(["urgent", "a", "b"]);
  });

  test("can run out many times without becoming a failure", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    for (let round = 0; round < 3; round++) {
      expect(await queue.lease()).toBe("a");
      await reclaimAfterExpiry(5);
    }
    expect(await queue.lease()).toBe("a");
    expect((await jobIds(queue)).dead.size).toBe(0);
  });

  test("is dropped when its job is no longer wanted", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    await queue.lease();
    await reclaimAfterExpiry(undefined);
    expect((await jobIds(queue)).live.size).toBe(0);
  });

  test("a late end removes the job all the same", async () => {
    await queue.add([{ id: "a", rank: 5 }]);
    await queue.lease();
    await reclaimAfterExpiry(5);
    await queue.ack("a");
    expect((await jobIds(queue)).live.size).toBe(0);
  });
});

describe("a failure", () => {
  test("postpones behind equals, with the new rank", async () => {
    await queue.add([
      { id: "a", rank: 5 },
      { id: "b", rank: 5 },
      { id: "c", rank: 7 },
    ]);
    expect(await queue.lease()).toBe("a");
    expect(await queue.requeueLater("a", 6, 0)).toBe(true);
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

  test("the last one makes a dead letter that an operator can retry", async () => {
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

test("a dead letter that the queue lost is made again, and nobody can take it", async () => {
  await queue.restoreDeadLetter("a", "known from the entity");
  expect(await queue.lease()).toBeUndefined();
  const job = await queue.queue.getJob("a");
  expect(await job?.getState()).toBe("failed");
  expect(job?.failedReason).toBe("known from the entity");
  await job?.retry();
  expect(await queue.lease()).toBe("a");
});

describe("reviving", () => {
  test("has a dead letter wait again, with its new rank", async () => {
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

  test("leaves what waits or is leased as it is, and adds what is lost", async () => {
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
  test("leases nothing, keeps what it has in its order, and goes on when it is resumed", async () => {
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

  test("takes the reports of leases that began before", async () => {
    await queue.add([
      { id: "a", rank: 1 },
      { id: "b", rank: 2 },
      { id: "c", rank: 3 },
    ]);
    for (let job = 0; job < 3; job++) await queue.lease();
    await queue.queue.pause();
    await queue.ack("a");
    expect(await queue.requeueLater("b", 2, 0)).toBe(true);
    await queue.release("c");
    expect((await jobIds(queue)).live).toEqual(new Set(["b", "c"]));
    expect(await queue.lease()).toBeUndefined();
    await queue.queue.resume();
    expect([await queue.lease(), await queue.lease()]).toEqual(["b", "c"]);
  });
});

test("ending many ends the waiting and the leased", async () => {
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
