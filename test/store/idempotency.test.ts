import { beforeEach, expect, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createTaskforce, createWholeWorkflow } from "../../src/store/creation.js";
import { EffectRefusedError } from "../../src/store/effectGuard.js";
import type { IdempotencyClaim } from "../../src/store/idempotencyClaims.js";
import { idempotencyKey, partitionOf } from "../../src/store/keys.js";
import { MAX_UNSTAGED_RECORDS } from "../../src/store/staging.js";
import type { Store } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { findKeys, flushDatabase } from "../setup/testRedis.js";
import { taskforcesInPhase } from "./taskforcesInPhase.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

let redis: RedisClient;
let store: Store;
beforeEach(async () => {
  // One partition, because a random workflow id determines its partition.
  ({ redis, store } = await freshStore(1));
});

const REQUEST = { name: "00ff", digest: "d1" };

async function makeClaim(): Promise<IdempotencyClaim> {
  const claim = await store.idempotency.claim(REQUEST, 0);
  if (typeof claim === "string" || "made" in claim) throw new Error("the request is already claimed");
  return claim;
}

/** The claim of a request that was so slow that the claim has expired. */
async function makeExpiredClaim(): Promise<IdempotencyClaim> {
  const late = await makeClaim();
  await redis.del(late.key);
  return late;
}

test("a claim excludes repetitions until its release, and expires", async () => {
  const claim = await makeClaim();
  expect(await store.idempotency.claim(REQUEST, 0)).toBe("under-way");
  expect(await store.idempotency.claim({ ...REQUEST, digest: "d2" }, 0)).toBe("other-request");
  expect(await redis.ttl(claim.key)).toBeLessThanOrEqual(15);
  await store.idempotency.release(claim);
  const next = await makeClaim();
  // The key now contains the claim of a repetition.
  await store.idempotency.release(claim);
  expect(await store.idempotency.claim(REQUEST, 0)).toBe("under-way");
  expect(await redis.get(next.key)).toBe(next.claimText);
});

test.each([
  ["small", 3],
  ["large", MAX_UNSTAGED_RECORDS],
])("a claim adds only its result to the records of a %s workflow", async (_size, tasks) => {
  const whole = makeWholeWorkflow(tasks);
  await createWholeWorkflow(store, whole, 0, await makeClaim());
  expect(await store.idempotency.claim(REQUEST, 0)).toEqual({ made: whole.workflow.workflow_id });
  const contents = async () => {
    const keys = (await findKeys(redis, "wms:{*")).filter((key) => !key.includes("idempotency")).sort();
    return Promise.all(
      keys.map(async (key) => {
        const type = await redis.type(key);
        if (type === "hash") return [key, await redis.hgetall(key)];
        // Without the ids, which contain the time.
        if (type === "stream") return [key, (await redis.xrange(key, "-", "+")).map(([, fields]) => fields)];
        return [key, type === "zset" ? await redis.zrange(key, 0, "-1", "WITHSCORES") : await redis.smembers(key)];
      }),
    );
  };
  const written = await contents();
  expect(written.length).toBeGreaterThan(3 * tasks);
  await flushDatabase(redis);
  await createWholeWorkflow(store, whole, 0);
  expect(written).toEqual(await contents());
});

test("a request with an expired claim takes effect, unless a repetition did or holds a claim", async () => {
  const [first, second, third] = [makeWholeWorkflow(2), makeWholeWorkflow(2), makeWholeWorkflow(MAX_UNSTAGED_RECORDS)];
  await createWholeWorkflow(store, first, 0, await makeExpiredClaim());
  expect(await store.idempotency.claim(REQUEST, 0)).toEqual({ made: first.workflow.workflow_id });

  await flushDatabase(redis);
  const late = await makeExpiredClaim();
  await makeClaim();
  await expect(createWholeWorkflow(store, second, 0, late)).rejects.toThrow(EffectRefusedError);
  await expect(createWholeWorkflow(store, third, 0, late)).rejects.toThrow(EffectRefusedError);
  for (const { workflow, taskforces } of [second, third]) {
    expect(await store.fetch("workflow", workflow.workflow_id)).toBeUndefined();
    expect(await taskforcesInPhase(store, 0, "pre-mq-activation")).not.toContain(taskforces[0]?.taskforce_uuid);
  }
});

test("the same holds for an added taskforce", async () => {
  const { taskforces, ...whole } = makeWholeWorkflow(2);
  const [first, taskforce] = taskforces;
  if (first === undefined || taskforce === undefined) throw new Error("no taskforces");
  await createWholeWorkflow(store, { ...whole, taskforces: [first] }, 1);
  const late = await makeExpiredClaim();
  const claim = await makeClaim();
  await expect(createTaskforce(store, taskforce, late)).rejects.toThrow(EffectRefusedError);
  expect(await store.fetch("taskforce", taskforce.taskforce_uuid)).toBeUndefined();
  expect(await createTaskforce(store, taskforce, claim)).toBe("queues-pending");
  expect(await store.idempotency.claim(REQUEST, 0)).toEqual({ made: taskforce.taskforce_uuid });
  expect(idempotencyKey(partitionOf(taskforce.taskforce_uuid, 1), REQUEST.name)).toBe(claim.key);
});
