import { beforeEach, expect, test } from "vitest";
import { newTaskforceUuid, newTaskId, newWorkflowId } from "../../src/domain/ids.js";
import type { Phase } from "../../src/domain/phases.js";
import { newTaskforce } from "../../src/lifecycle/create.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { buildPartEntities, createTaskforce, createWholeWorkflow } from "../../src/store/creation.js";
import { countsKey, partitionOf } from "../../src/store/keys.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { stageRecords } from "../../src/store/staging.js";
import type { Store } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { advance } from "./advance.js";

let redis: RedisClient;
let store: Store;

beforeEach(async () => {
  ({ redis, store } = await freshStore(4));
});

const workflow_id = newWorkflowId(1_700_000_000);
const task_id = newTaskId(workflow_id);
const partition = partitionOf(workflow_id, 4);

/** Contains the special characters of Redis keys and Lua patterns. */
const ODD_SCHEDD = 'a schedd:of {many} "words"\n';

const taskforce = (schedd: string, ids = { workflow_id, task_id }) =>
  newTaskforce({
    ...ids,
    schedd,
    priority: 50,
    n_workers: 1,
    pilot_config: { tag: "1.2.3", image_source: "cvmfs", environment: {}, input_files: [] },
    worker_config: {
      do_transfer_worker_stdouterr: true,
      max_worker_runtime: 60,
      n_cores: 1,
      priority: 0,
      worker_disk: "1GB",
      worker_memory: 512,
      condor_requirements: "",
    },
    source_entity: "USER",
    context: "Created",
  });

const entry = (target_phase: Phase) =>
  encodeLogEntry({
    target_phase,
    timestamp: 1_700_000_001,
    was_successful: true,
    source_event_time: null,
    source_entity: "TMS",
    context: "",
  });

/** `[phase, schedd, count]` of every pair that has taskforces. */
async function counted(): Promise<string[]> {
  const counts = await store.counts.readAll();
  return counts.flatMap(({ phase, schedd, count }) => (count === 0 ? [] : [`${count} ${phase} ${schedd}`])).sort();
}

/** A workflow of three taskforces on two schedds. One of them has advanced by one phase. */
async function populate() {
  const taskforces = [taskforce("S"), taskforce("S"), taskforce(ODD_SCHEDD)];
  const workflow = {
    workflow_id,
    timestamp: 1_700_000_000,
    priority: 50,
    deactivated: null,
    deactivated_ts: null,
  };
  await createWholeWorkflow(store, { workflow, task_directives: [], taskforces }, 0);
  const [, , odd] = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  if (odd === undefined) throw new Error("no taskforce");
  await advance(store.transitions, odd, "pre-mq-activation", "pre-launch", entry("pre-launch"));
  return { taskforces, odd };
}

const POPULATION = [`1 pre-launch ${ODD_SCHEDD}`, "2 pre-mq-activation S"];

test("each change of phase updates the counts by phase and schedd", async () => {
  expect(await counted()).toEqual([]);
  const { taskforces, odd } = await populate();
  expect(await counted()).toEqual(POPULATION);

  const completed = entry("condor-complete");
  await store.transitions.recordCompletion(odd, completed);
  await store.transitions.recordCompletion(odd, completed);
  await createTaskforce(store, { ...taskforce("S"), taskforce_uuid: newTaskforceUuid(task_id) });
  expect(await counted()).toEqual([`1 condor-complete ${ODD_SCHEDD}`, "3 pre-mq-activation S"]);

  await store.transitions.deactivate(workflow_id, "ABORTED", 1_700_000_002);
  const all = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const stopped = entry("pending-stopper");
  await store.transitions.stopTaskforces(all, { moved: stopped, left: stopped });
  expect(await counted()).toEqual([`1 condor-complete ${ODD_SCHEDD}`, "1 pre-mq-activation S", "2 pending-stopper S"]);
  expect(await store.counts.repair(partition)).toBe(false);
});

test("a repair does not change correct counts, nor those of an empty partition", async () => {
  for (const p of [0, 1, 2, 3]) expect(await store.counts.repair(p)).toBe(false);
  await populate();
  for (const p of [0, 1, 2, 3]) expect(await store.counts.repair(p)).toBe(false);
  expect(await counted()).toEqual(POPULATION);
});

test("a workflow in staging does not make the counts wrong", async () => {
  await populate();
  let staged = newWorkflowId(1_700_000_000);
  while (partitionOf(staged, 4) !== partition) staged = newWorkflowId(1_700_000_000);
  const ids = { workflow_id: staged, task_id: newTaskId(staged) };
  const taskforces = [taskforce("S", ids), taskforce("another schedd", ids)];
  const workflow = {
    workflow_id: staged,
    timestamp: 1_700_000_000,
    priority: 50,
    deactivated: null,
    deactivated_ts: null,
  };
  await stageRecords(store, staged, await buildPartEntities({ workflow, task_directives: [], taskforces }));
  expect(await store.counts.repair(partition)).toBe(false);
  expect(await counted()).toEqual(POPULATION);
});

test.each([
  ["are lost", () => redis.del(countsKey(partition))],
  ["count one taskforce too many", () => redis.hincrby(countsKey(partition), "pre-launch S", 1)],
  [
    "count a taskforce for another schedd",
    async () => {
      await redis.hincrby(countsKey(partition), "pre-mq-activation S", -1);
      await redis.hincrby(countsKey(partition), "pre-mq-activation T", 1);
    },
  ],
])("a repair corrects counts that %s", async (_case, corrupt) => {
  await populate();
  await corrupt();
  expect(await counted()).not.toEqual(POPULATION);
  expect(await store.counts.repair(partition)).toBe(true);
  expect(await counted()).toEqual(POPULATION);
  expect(await store.counts.repair(partition)).toBe(false);
});
