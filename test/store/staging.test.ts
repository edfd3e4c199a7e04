import { beforeEach, expect, test } from "vitest";
import type { FindRequest } from "../../src/domain/requestSchemas.js";
import type { Wms } from "../../src/lifecycle/context.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { buildPartEntities, createWholeWorkflow } from "../../src/store/creation.js";
import { partitionOf, stagingKey } from "../../src/store/keys.js";
import { MAX_UNSTAGED_RECORDS, removeAbandonedStaging, stageRecords } from "../../src/store/staging.js";
import { openStore, type Store } from "../../src/store/store.js";
import type { WalkOrder } from "../../src/views/query/cursor.js";
import { queryEntities } from "../../src/views/query/readEntities.js";
import { freshStore } from "../setup/freshStore.js";
import { findKeys } from "../setup/testRedis.js";
import { taskforcesInPhase } from "./taskforcesInPhase.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

let redis: RedisClient;
let store: Store;
beforeEach(async () => {
  ({ redis, store } = await freshStore(4));
});

/** Every key: the members of a sorted set, and the type of any other key. */
async function contents(): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const key of await findKeys(redis, "wms:{*"))
    found.set(
      key,
      (await redis.type(key)) === "zset" ? await redis.zrange(key, 0, "-1", "WITHSCORES") : await redis.type(key),
    );
  return found;
}

test("a staged workflow has the same keys as a small one", async () => {
  const large = makeWholeWorkflow(MAX_UNSTAGED_RECORDS);
  const { workflow, task_directives, taskforces } = large;
  await createWholeWorkflow(store, large, 0);

  const partition = partitionOf(workflow.workflow_id, 4);
  expect((await store.indexes.taskforcesOf(workflow.workflow_id)).sort()).toEqual(
    taskforces.map(({ taskforce_uuid }) => taskforce_uuid).sort(),
  );
  expect(await taskforcesInPhase(store, partition, "pre-mq-activation")).toHaveLength(MAX_UNSTAGED_RECORDS);
  const [first] = task_directives;
  expect(await store.indexes.firstTaskforceOf(first!.task_id)).toBe(taskforces[0]?.taskforce_uuid);
  const indexes = [...(await contents()).keys()].filter((key) => !/(task_id|record|task|taskforce):[\w-]+$/.test(key));
  const prefix = `wms:{${partition}}:`;
  const id = workflow.workflow_id;
  expect(indexes.sort()).toEqual(
    [
      `${prefix}configurations`,
      `${prefix}dirty`,
      `${prefix}events`,
      `${prefix}ix:task`,
      `${prefix}ix:task:task_image:image`,
      `${prefix}ix:task:workflow_id:${id}`,
      `${prefix}ix:taskforce`,
      `${prefix}ix:taskforce:phase:pre-mq-activation`,
      `${prefix}ix:taskforce:schedd:ap`,
      `${prefix}ix:taskforce:workflow_id:${id}`,
      `${prefix}ix:workflow`,
      `${prefix}ix:workflow:deactivated:ACTIVE`,
      `${prefix}workflow:${id.slice(3)}`,
    ].sort(),
  );
});

test("staged records are in no index that workers read, and no query finds them before the creation is complete", async () => {
  const [known, unfinished] = [makeWholeWorkflow(2), makeWholeWorkflow(3)];
  await createWholeWorkflow(store, known, 0);
  await stageRecords(store, unfinished.workflow.workflow_id, await buildPartEntities(unfinished));
  const partition = partitionOf(unfinished.workflow.workflow_id, 4);
  const waiting = new Set(await taskforcesInPhase(store, partition, "pre-mq-activation"));
  expect(unfinished.taskforces.filter(({ taskforce_uuid }) => waiting.has(taskforce_uuid))).toEqual([]);

  const wms = { store, settings: { queryMaxBytes: 1_000_000, queryMaxScan: 1000 } } as Wms;
  const signal = new AbortController().signal;
  const found = async (kind: "task" | "taskforce", query: FindRequest["query"], order: WalkOrder) =>
    (await queryEntities(wms, kind, { query }, { envelope: "list", order, caller: "test", signal })).items.length;
  const all = [known, unfinished];
  const tasks = all.flatMap(({ task_directives }) => task_directives.map(({ task_id }) => task_id));
  const taskforces = all.flatMap((whole) => whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  const seen = async (order: WalkOrder) => [
    await found("task", {}, order),
    await found("task", { task_image: "image" }, order),
    await found("task", { task_id: { $in: tasks } }, order),
    await found("taskforce", {}, order),
    await found("taskforce", { schedd: "ap" }, order),
    await found("taskforce", { taskforce_uuid: { $in: taskforces } }, order),
    await found("taskforce", { task_id: { $in: tasks } }, order),
    await found("taskforce", { $or: [{ priority: 50, n_workers: 1 }, { phase: "pending-stopper" }] }, order),
  ];
  for (const order of ["oldest", "newest"] as const) expect(await seen(order)).toEqual(Array(8).fill(2));
  await redis.zrem(stagingKey(partition), unfinished.workflow.workflow_id.slice(3));
  for (const order of ["oldest", "newest"] as const) expect(await seen(order)).toEqual(Array(8).fill(5));
});

test("abandoned staged records are removed after the time limit, and not before", async () => {
  await createWholeWorkflow(store, makeWholeWorkflow(2), 0);
  const before = await contents();
  const unfinished = makeWholeWorkflow(MAX_UNSTAGED_RECORDS);
  const { workflow_id } = unfinished.workflow;
  await stageRecords(store, workflow_id, (await buildPartEntities(unfinished)).slice(0, MAX_UNSTAGED_RECORDS + 50));
  const partition = partitionOf(workflow_id, 4);

  expect(await removeAbandonedStaging(store, partition)).toBe(0);
  expect(await store.indexes.taskforcesOf(workflow_id)).toHaveLength(50);

  await redis.zincrby(stagingKey(partition), -3600, workflow_id.slice(3));
  expect(await removeAbandonedStaging(store, partition)).toBe(1);
  const left = await contents();
  // Configurations stay, because other taskforces may refer to them.
  const configurations = `wms:{${partition}}:configurations`;
  left.delete(configurations);
  before.delete(configurations);
  expect(left).toEqual(before);
});

test("large writes use the bulk connection, so that small commands do not wait for them", async () => {
  // The bulk client uses another database, which shows the connection of each write.
  const elsewhere = await freshStore(4);
  const apart = await openStore(redis, { partitions: 4, bulk: elsewhere.redis });
  const [small, large] = [makeWholeWorkflow(2), makeWholeWorkflow(MAX_UNSTAGED_RECORDS)];
  await createWholeWorkflow(apart, small, 0);
  await createWholeWorkflow(apart, large, 0);
  const found = (of: Store, { workflow }: typeof small) => of.indexes.countTaskforcesOf(workflow.workflow_id);
  expect([await found(store, small), await found(elsewhere.store, small)]).toEqual([2, 0]);
  expect([await found(store, large), await found(elsewhere.store, large)]).toEqual([0, MAX_UNSTAGED_RECORDS]);
});
