import { beforeEach, describe, expect, test } from "vitest";
import { newTaskforceUuid, newTaskId, newWorkflowId, type TaskforceUuid } from "../../src/domain/ids.js";
import type { MqProfile } from "../../src/domain/mqProfile.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createTaskforce, createWholeWorkflow, type WholeWorkflow } from "../../src/store/creation.js";
import { taskforceJson, workflowJson } from "../../src/store/documents.js";
import { partitionOf } from "../../src/store/keys.js";
import { checkLayout, LayoutError } from "../../src/store/layout.js";
import { encodeLogEntry, type PhaseLogEntry, taskJson } from "../../src/store/records.js";
import { updateStatuses } from "../../src/store/statusUpdates.js";
import type { Store } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { advance } from "./advance.js";
import { taskforcesInPhase } from "./taskforcesInPhase.js";

let redis: RedisClient;
let store: Store;

beforeEach(async () => {
  ({ redis, store } = await freshStore(4));
});

const workflow_id = newWorkflowId(1_700_000_000);
const task_id = newTaskId(workflow_id);

function taskforce(timestamp: number): Taskforce {
  return {
    taskforce_uuid: newTaskforceUuid(task_id),
    task_id,
    workflow_id,
    timestamp,
    priority: 50,
    collector: null,
    schedd: "S",
    n_workers: 2,
    pilot_config: {
      tag: "1.2.3",
      image_source: "cvmfs",
      environment: { A: ["x", "y"], B: 7 },
      input_files: ["/f"],
    },
    worker_config: {
      do_transfer_worker_stdouterr: true,
      max_worker_runtime: 60,
      n_cores: 1,
      priority: 0,
      worker_disk: "1GB",
      worker_memory: 512,
      condor_requirements: 'HAS == "ü" && "|"',
    },
    cluster_id: null,
    submit_dict: {},
    job_event_log_fpath: "",
    phase: "pre-mq-activation",
    phase_change_log: [
      {
        target_phase: "pre-mq-activation",
        timestamp,
        was_successful: true,
        source_event_time: null,
        source_entity: "USER",
        context: "Created",
      },
    ],
    compound_statuses: {},
    top_task_errors: {},
  };
}

const environment = JSON.parse('{"__proto__": "kept", "a.b": "c", "$where": "d", "": "e"}') as Record<string, string>;

const makeWholeWorkflow = (): WholeWorkflow => ({
  workflow: {
    workflow_id,
    timestamp: 1_700_000_000.5,
    priority: 50,
    deactivated: null,
    deactivated_ts: null,
  },
  task_directives: [
    {
      task_id,
      workflow_id,
      cluster_locations: ["here"],
      task_image: "image",
      task_args: "--x '|' \\",
      task_env: environment,
      init_image: "",
      init_args: "",
      init_env: {},
      timestamp: 1_700_000_000.5,
      input_queues: [],
      output_queues: [],
    },
  ],
  taskforces: [taskforce(1_700_000_000.6), taskforce(1_700_000_000.7)],
});

async function createStored(): Promise<WholeWorkflow & { first: TaskforceUuid }> {
  const made = makeWholeWorkflow();
  await createWholeWorkflow(store, made, 1);
  return { ...made, first: made.taskforces[0]?.taskforce_uuid as TaskforceUuid };
}

const entry = (context: string): PhaseLogEntry =>
  encodeLogEntry({
    target_phase: "condor-submit",
    timestamp: 1_700_000_001.000_001,
    was_successful: true,
    source_event_time: 5,
    source_entity: "TMS",
    context,
  });

async function readShown(uuid: TaskforceUuid): Promise<Taskforce> {
  const record = await store.fetch("taskforce", uuid);
  if (record === undefined) throw new Error(`no ${uuid}`);
  return JSON.parse(taskforceJson(record)) as Taskforce;
}

describe("creation", () => {
  test("entities with special keys are read as they were written", async () => {
    const { workflow, task_directives, taskforces } = await createStored();
    expect(JSON.parse(workflowJson((await store.fetch("workflow", workflow_id)) as never))).toEqual(workflow);
    const directive = JSON.parse(taskJson((await store.fetch("task", task_id)) as never));
    expect(directive).toEqual(task_directives[0]);
    expect(Object.keys(directive.task_env)).toEqual(Object.keys(environment));
    for (const original of taskforces) expect(await readShown(original.taskforce_uuid)).toEqual(original);
  });

  test("a missing entity is undefined", async () => {
    expect(await store.fetch("workflow", workflow_id)).toBeUndefined();
    expect(await store.fetch("taskforce", newTaskforceUuid(task_id))).toBeUndefined();
  });

  test("one script reads the same parts of a hand-out as separate reads do", async () => {
    const missing = { taskforce: undefined, directive: undefined, isWorkflowActive: false };
    expect(await store.readTaskforceToStart(newTaskforceUuid(task_id))).toEqual(missing);
    const { first } = await createStored();
    const statuses = { compoundStatuses: { IDLE: { Waiting: 3 } }, topTaskErrors: undefined };
    await updateStatuses(store, [{ uuid: first, ...statuses }]);
    const read = {
      taskforce: await store.fetch("taskforce", first),
      directive: { doc: (await store.fetch("task", task_id))?.doc },
    };
    expect(read.taskforce?.compound_statuses).toBeDefined();
    // The copy drops the symbols that redis-om adds to its records.
    expect({ ...(await store.readTaskforceToStart(first)) }).toEqual({
      ...read,
      taskforce: Object.fromEntries(Object.entries(read.taskforce ?? {})),
      isWorkflowActive: true,
    });
    await store.transitions.deactivate(workflow_id, "ABORTED", 1_700_000_003);
    expect((await store.readTaskforceToStart(first)).isWorkflowActive).toBe(false);
  });

  test("indexes have the order of creation", async () => {
    const { taskforces, first } = await createStored();
    const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    expect(await store.indexes.taskforcesOf(workflow_id)).toEqual(uuids);
    expect(await store.indexes.firstTaskforceOf(task_id)).toBe(first);
    expect(await taskforcesInPhase(store, partitionOf(workflow_id, 4), "pre-mq-activation")).toEqual(uuids);
    expect(await store.knownSchedds()).toEqual(["S"]);
  });

  test("an unknown or deactivated workflow gets no further taskforce", async () => {
    expect(await createTaskforce(store, taskforce(1_700_000_001))).toBe("no-workflow");
    await createStored();
    expect(await createTaskforce(store, taskforce(1_700_000_001))).toBe("queues-pending");
    await store.profiles.saveActivated(workflow_id, []);
    expect(await createTaskforce(store, taskforce(1_700_000_002))).toBe("queues-active");
    await store.transitions.deactivate(workflow_id, "ABORTED", 1_700_000_003);
    const late = taskforce(1_700_000_004);
    expect(await createTaskforce(store, late)).toBe("deactivated");
    expect(await store.fetch("taskforce", late.taskforce_uuid)).toBeUndefined();
    expect(await store.indexes.taskforcesOf(workflow_id)).toHaveLength(4);
  });
});

describe("transitions", () => {
  const report = {
    cluster_id: 7,
    n_workers: 5,
    submit_dict: { universe: "vanilla" },
    job_event_log_fpath: "/log",
  };
  const submit = async (uuid: TaskforceUuid, cluster_id = 7) => {
    const entries = { submitted: entry("ok"), deactivated: entry("deactivated") };
    return (await store.transitions.recordSubmit(uuid, { ...report, cluster_id }, entries)).outcome;
  };
  const toPendingStarter = async (uuid: TaskforceUuid) => {
    await advance(store.transitions, uuid, "pre-mq-activation", "pre-launch", entry("1"));
    return advance(store.transitions, uuid, "pre-launch", "pending-starter", entry("2"));
  };

  test("one of many concurrent attempts to advance a taskforce succeeds", async () => {
    const { first } = await createStored();
    const moved = await Promise.all(
      Array.from({ length: 20 }, () =>
        advance(store.transitions, first, "pre-mq-activation", "pre-launch", entry("x")),
      ),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
    const { phase, phase_change_log } = await readShown(first);
    expect(phase).toBe("pre-launch");
    expect(phase_change_log).toHaveLength(2);
    expect(await taskforcesInPhase(store, partitionOf(first, 4), "pre-launch")).toEqual([first]);
    expect(await taskforcesInPhase(store, partitionOf(first, 4), "pre-mq-activation")).toHaveLength(1);
  });

  test("a log entry preserves every digit and character", async () => {
    const { first } = await createStored();
    const context = 'ERROR: "quoted", [1,2], \\ 漢字 \u0000 %s';
    await store.transitions.recordAttempts([first], "pre-mq-activation", entry(context));
    expect((await readShown(first)).phase_change_log[1]).toEqual({
      target_phase: "condor-submit",
      timestamp: 1_700_000_001.000_001,
      was_successful: true,
      source_event_time: 5,
      source_entity: "TMS",
      context,
    });
  });

  test("a submit is stored and indexed, its repetition changes nothing, another cluster is refused", async () => {
    const { first } = await createStored();
    expect(await submit(first)).toBe("not-pending");
    expect(await toPendingStarter(first)).toBe(true);
    expect(await submit(first)).toBe("submitted");
    const after = await readShown(first);
    expect(after).toMatchObject({ ...report, phase: "condor-submit" });
    expect(await submit(first)).toBe("repeated");
    expect(await submit(first, 8)).toBe("not-pending");
    expect(await readShown(first)).toEqual(after);
    expect(await redis.zcard(`wms:{${partitionOf(first, 4)}}:ix:taskforce:cluster_id:7`)).toBe(1);
    expect(await submit(newTaskforceUuid(task_id))).toBe("missing");
  });

  test("no taskforce of a deactivated workflow moves forward", async () => {
    const { first } = await createStored();
    await advance(store.transitions, first, "pre-mq-activation", "pre-launch", entry("1"));
    expect(await store.transitions.deactivate(workflow_id, "FINISHED", 1_700_000_009.25)).toBe(2);
    expect(await store.transitions.deactivate(workflow_id, "ABORTED", 1_700_000_010)).toBeUndefined();
    expect(await advance(store.transitions, first, "pre-launch", "pending-starter", entry("2"))).toBe(false);
    expect(JSON.parse(workflowJson((await store.fetch("workflow", workflow_id)) as never))).toMatchObject({
      deactivated: "FINISHED",
      deactivated_ts: 1_700_000_009.25,
    });
  });

  test("a deactivation is applied to each taskforce once", async () => {
    const { first, taskforces } = await createStored();
    await toPendingStarter(first);
    await submit(first);
    await store.transitions.deactivate(workflow_id, "ABORTED", 1_700_000_009);
    const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    const stop = () => store.transitions.stopTaskforces(uuids, { moved: entry("moved"), left: entry("left") });
    const [, second] = uuids;
    expect(await stop()).toEqual([{ schedd: "S", toStop: [first], others: [second] }]);
    const after = await Promise.all(uuids.map(readShown));
    expect(after.map(({ phase }) => phase)).toEqual(["pending-stopper", "pending-stopper"]);
    expect(await stop()).toEqual([{ schedd: "S", toStop: [first], others: [second] }]);
    expect(await Promise.all(uuids.map(readShown))).toEqual(after);
  });

  test("a condor-submit failure counts only under a lease, and its repetition is not logged", async () => {
    const { first } = await createStored();
    await toPendingStarter(first);
    const fail = (leased: boolean, why: string) =>
      store.transitions.recordSubmitFailure(first, entry(why), { isLeased: leased });
    expect(await fail(true, "a")).toEqual({ failures: 1 });
    expect(await fail(false, "a")).toEqual({ failures: 1 });
    expect((await readShown(first)).phase_change_log).toHaveLength(4);
    expect(await fail(false, "b")).toEqual({ failures: 1 });
    expect(await fail(true, "b")).toEqual({ failures: 2 });
    expect((await readShown(first)).phase_change_log).toHaveLength(6);
  });
});

test("given statuses replace those of existing taskforces", async () => {
  const { first } = await createStored();
  const unknown = newTaskforceUuid(task_id);
  const statuses = JSON.parse('{"HELD: a.b": {"null": 2}, "__proto__": {"x": 1}}');
  const found = await updateStatuses(store, [
    { uuid: first, compoundStatuses: statuses, topTaskErrors: { boom: 3 } },
    { uuid: unknown, compoundStatuses: {}, topTaskErrors: undefined },
  ]);
  expect([...found]).toEqual([first]);
  expect(await store.fetch("taskforce", unknown)).toBeUndefined();
  await updateStatuses(store, [{ uuid: first, compoundStatuses: undefined, topTaskErrors: {} }]);
  const { compound_statuses, top_task_errors } = await readShown(first);
  expect(Object.entries(compound_statuses)).toEqual(Object.entries(statuses));
  expect(top_task_errors).toEqual({});
});

test("a saved profile is read unchanged", async () => {
  await createStored();
  const profile = { mqid: "__proto__", alias: "a", extra: { deep: [1] } } as unknown as MqProfile;
  await store.profiles.saveActivated(workflow_id, [profile]);
  const [text, none] = await store.profiles.fetch(workflow_id, ["__proto__", "other"]);
  expect(JSON.parse(text ?? "")).toEqual(profile);
  expect(none).toBeNull();
});

test("a different number of partitions is refused with the number to set", async () => {
  await expect(checkLayout(redis, 8)).rejects.toThrow(LayoutError);
  await expect(checkLayout(redis, 8)).rejects.toThrow(/STORE_PARTITIONS=4/);
  await expect(checkLayout(redis, 4)).resolves.toBeUndefined();
});
