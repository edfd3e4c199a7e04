import { afterEach, beforeEach, expect, test } from "vitest";
import { LeaseQueue } from "../../../src/queues/leaseQueue.js";
import { starterRank } from "../../../src/queues/queues.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { countJobs, listFirstOfEachRank } from "../../../src/views/schedds/queueState.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";

let redis: RedisClient;
let starter: LeaseQueue;

beforeEach(async () => {
  redis = openRedis(await freshDatabase());
  starter = new LeaseQueue("starter-a", redis, 300);
});

afterEach(async () => {
  await starter.close();
  redis.disconnect();
});

test("jobs are counted by state", async () => {
  expect(await countJobs(starter.queue)).toEqual({ waiting: 0, delayed: 0, active: 0, dead: 0 });
  await starter.add(["a", "b", "c", "d", "e", "f"].map((id, n) => ({ id, rank: n + 1 })));
  await starter.queue.add("taskforce", {}, { jobId: "late", priority: 1, delay: 3_600_000 });
  for (const id of ["a", "b", "c"]) expect(await starter.lease()).toBe(id);
  await starter.moveToDeadLetters("a", "it failed too often");
  await starter.requeueLater("b", 1, 3_600_000);
  expect(await countJobs(starter.queue)).toEqual({ waiting: 3, delayed: 2, active: 1, dead: 1 });
});

test("the first job of each rank is the one that arrived first", async () => {
  expect(await listFirstOfEachRank(starter.queue, redis)).toEqual([]);
  const last = starterRank(0, 63);
  await starter.add([
    { id: "last rank", rank: last },
    { id: "first", rank: 5 },
    { id: "second", rank: 5 },
    { id: "next rank", rank: 6 },
    { id: "best rank", rank: 1 },
    { id: "last rank, too", rank: last },
  ]);
  expect(await listFirstOfEachRank(starter.queue, redis)).toEqual(["best rank", "first", "next rank", "last rank"]);
  for (let n = 0; n < 2; n++) await starter.lease();
  expect(await listFirstOfEachRank(starter.queue, redis)).toEqual(["second", "next rank", "last rank"]);
});
