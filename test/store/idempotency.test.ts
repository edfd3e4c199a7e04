import { beforeEach, expect, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createAll, createTaskforce } from "../../src/store/creation.js";
import { type Claim, Overtaken } from "../../src/store/idempotencyClaims.js";
import { partitionOf } from "../../src/store/keys.js";
import { AT_ONCE } from "../../src/store/staging.js";
import type { Store } from "../../src/store/store.js";
import { empty, keysOf } from "../setup/testRedis.js";
import { freshStore } from "../setup/freshStore.js";
import { inPhase } from "./taskforcesInPhase.js";
import { workflowOf } from "./wholeWorkflow.js";

let redis: RedisClient;
let store: Store;
beforeEach(async () => {
  // All in one partition: a workflow's id need not be chosen.
  ({ redis, store } = await freshStore(1));
});

const REQUEST = { name: "00ff", digest: "d1" };

async function claimed(): Promise<Claim> {
  const claim = await store.idempotency.claim(REQUEST, 0);
  if (typeof claim === "string" || "made" in claim) throw new Error("the request is not free");
  return claim;
}

/** A request whose process was so slow that its claim ran out. */
async function lateClaim(): Promise<Claim> {
  const late = await claimed();
  await redis.del(late.key);
  return late;
}

test("a claim is one request's until it is released, and ends by itself", async () => {
  const claim = await claimed();
  expect(await store.idempotency.claim(REQUEST, 0)).toBe("under-way");
  expect(await store.idempotency.claim({ ...REQUEST, digest: "d2" }, 0)).toBe("other-request");
  expect(await redis.ttl(claim.key)).toBeLessThanOrEqual(15);
  await store.idempotency.release(claim);
  const next = await claimed();
  // Too late: this is somebody else's.
  await store.idempotency.release(claim);
  expect(await store.idempotency.claim(REQUEST, 0)).toBe("under-way");
  expect(await redis.get(next.key)).toBe(next.held);
});

test.each([
  ["small", 3],
  ["large", AT_ONCE],
])("a %s workflow is written as without a claim, together with what it made", async (_size, tasks) => {
  const whole = workflowOf(tasks);
  await createAll(store, whole, 0, await claimed());
  expect(await store.idempotency.claim(REQUEST, 0)).toEqual({ made: whole.workflow.workflow_id });
  const contents = async () => {
    const keys = (await keysOf(redis, "wms:{*")).filter((key) => !key.includes("idempotency")).sort();
    return Promise.all(
      keys.map(async (key) => {
        const type = await redis.type(key);
        if (type === "hash") return [key, await redis.hgetall(key)];
        // What is told, without the time that Redis gives it.
        if (type === "stream") return [key, (await redis.xrange(key, "-", "+")).map(([, told]) => told)];
        return [
          key,
          type === "zset" ? await redis.zrange(key, 0, "-1", "WITHSCORES") : await redis.smembers(key),
        ];
      }),
    );
  };
  const written = await contents();
  expect(written.length).toBeGreaterThan(3 * tasks);
  await empty(redis);
  await createAll(store, whole, 0);
  expect(written).toEqual(await contents());
});

test("one whose claim ran out takes effect all the same, unless a repetition has or is about to", async () => {
  const [first, second, third] = [workflowOf(2), workflowOf(2), workflowOf(AT_ONCE)];
  await createAll(store, first, 0, await lateClaim());
  expect(await store.idempotency.claim(REQUEST, 0)).toEqual({ made: first.workflow.workflow_id });

  await empty(redis);
  const late = await lateClaim();
  await claimed();
  await expect(createAll(store, second, 0, late)).rejects.toThrow(Overtaken);
  await expect(createAll(store, third, 0, late)).rejects.toThrow(Overtaken);
  for (const { workflow, taskforces } of [second, third]) {
    expect(await store.fetch("workflow", workflow.workflow_id)).toBeUndefined();
    expect(await inPhase(store, 0, "pre-mq-activation")).not.toContain(taskforces[0]?.taskforce_uuid);
  }
});

test("so does a taskforce that is added", async () => {
  const { taskforces, ...whole } = workflowOf(2);
  const [first, taskforce] = taskforces;
  if (first === undefined || taskforce === undefined) throw new Error("no taskforces");
  await createAll(store, { ...whole, taskforces: [first] }, 0);
  const late = await lateClaim();
  const claim = await claimed();
  await expect(createTaskforce(store, taskforce, late)).rejects.toThrow(Overtaken);
  expect(await store.fetch("taskforce", taskforce.taskforce_uuid)).toBeUndefined();
  expect(await createTaskforce(store, taskforce, claim)).toBe("queues-pending");
  expect(await store.idempotency.claim(REQUEST, 0)).toEqual({ made: taskforce.taskforce_uuid });
  expect(partitionOf(taskforce.taskforce_uuid, 1)).toBe(claim.partition);
});
