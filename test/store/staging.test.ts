import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newTaskId, newWorkflowId } from "../../src/domain/ids.js";
import type { TaskDirective } from "../../src/domain/taskDirective.js";
import { newTaskforce } from "../../src/lifecycle/create.js";
import { createAll, entriesBehind, type WholeWorkflow } from "../../src/store/creation.js";
import { partitionOf, stagingKey } from "../../src/store/keys.js";
import { AT_ONCE, stage, sweepStaged } from "../../src/store/staging.js";
import { openStore, type Store } from "../../src/store/store.js";
import { freshDatabase } from "../setup/database.js";

let redis: Redis;
let store: Store;
beforeEach(async () => {
  redis = new Redis(await freshDatabase());
  store = await openStore(redis, { partitions: 4 });
});
afterEach(() => redis.disconnect());

/** A workflow of so many tasks, each with one taskforce. */
function workflowOf(tasks: number): WholeWorkflow {
  const workflow_id = newWorkflowId(1_700_000_000);
  const task_directives = Array.from({ length: tasks }, (): TaskDirective => {
    return {
      task_id: newTaskId(workflow_id),
      workflow_id,
      cluster_locations: ["here"],
      task_image: "image",
      task_args: "",
      task_env: {},
      init_image: "",
      init_args: "",
      init_env: {},
      timestamp: 1_700_000_000,
      input_queues: [],
      output_queues: [],
    };
  });
  const taskforces = task_directives.map(({ task_id }) =>
    newTaskforce({
      identity: { workflow_id, task_id, schedd: "ap", priority: 50 },
      n_workers: 1,
      pilot_config: { tag: "1.0.0", image_source: "cvmfs", environment: {}, input_files: [] },
      worker_config: {
        do_transfer_worker_stdouterr: false,
        max_worker_runtime: 1,
        n_cores: 1,
        priority: 1,
        worker_disk: "1GB",
        worker_memory: "1GB",
        condor_requirements: "",
      },
      source: "USER",
      context: "Created",
    }),
  );
  const workflow = {
    workflow_id,
    timestamp: 1_700_000_000,
    priority: 50,
    deactivated: null,
    deactivated_ts: null,
  };
  return { workflow, task_directives, taskforces };
}

/** Every key: a sorted set with its members, others by their type. */
async function contents(): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const key of await redis.keys("wms:{*"))
    found.set(
      key,
      (await redis.type(key)) === "zset"
        ? await redis.zrange(key, 0, "-1", "WITHSCORES")
        : await redis.type(key),
    );
  return found;
}

test("a workflow too large for one transaction is stored as a small one is", async () => {
  const large = workflowOf(AT_ONCE);
  const { workflow, task_directives, taskforces } = large;
  await createAll(store, large, 0);

  const partition = partitionOf(workflow.workflow_id, 4);
  expect((await store.indexes.taskforcesOf(workflow.workflow_id)).sort()).toEqual(
    taskforces.map(({ taskforce_uuid }) => taskforce_uuid).sort(),
  );
  expect(await store.indexes.inPhase(partition, "pre-mq-activation")).toHaveLength(AT_ONCE);
  const [first] = task_directives;
  expect(await store.indexes.firstTaskforceOf(first!.task_id)).toBe(taskforces[0]?.taskforce_uuid);
  const indexes = [...(await contents()).keys()].filter(
    (key) => !/(task_id|record|task|taskforce):[\w-]+$/.test(key),
  );
  const prefix = `wms:{${partition}}:`;
  const id = workflow.workflow_id;
  expect(indexes.sort()).toEqual(
    [
      `${prefix}dirty`,
      `${prefix}events`,
      `${prefix}ix:task`,
      `${prefix}ix:task:workflow_id:${id}`,
      `${prefix}ix:taskforce`,
      `${prefix}ix:taskforce:phase:pre-mq-activation`,
      `${prefix}ix:taskforce:schedd:ap`,
      `${prefix}ix:taskforce:workflow_id:${id}`,
      `${prefix}ix:workflow`,
      `${prefix}workflow:${id.slice(3)}`,
    ].sort(),
  );
});

test("what is staged is in no index that others look into", async () => {
  const unfinished = workflowOf(3);
  await stage(store, unfinished.workflow.workflow_id, entriesBehind(unfinished));
  const partition = partitionOf(unfinished.workflow.workflow_id, 4);
  expect(await store.indexes.inPhase(partition, "pre-mq-activation")).toEqual([]);
  expect(
    await redis.exists(`wms:{${partition}}:ix:taskforce`, `wms:{${partition}}:ix:taskforce:schedd:ap`),
  ).toBe(0);
});

test("what a process left staged when it died is swept away after a while, and not before", async () => {
  await createAll(store, workflowOf(2), 0);
  const before = await contents();
  const unfinished = workflowOf(AT_ONCE);
  const { workflow_id } = unfinished.workflow;
  await stage(store, workflow_id, entriesBehind(unfinished).slice(0, AT_ONCE + 50));
  const partition = partitionOf(workflow_id, 4);

  expect(await sweepStaged(store, partition)).toBe(0);
  expect(await store.indexes.taskforcesOf(workflow_id)).toHaveLength(50);

  await redis.zincrby(stagingKey(partition), -3600, workflow_id.slice(3));
  expect(await sweepStaged(store, partition)).toBe(1);
  expect(await contents()).toEqual(before);
});
