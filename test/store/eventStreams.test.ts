import { beforeEach, describe, expect, it } from "vitest";
import {
  newTaskforceUuid,
  newTaskId,
  newWorkflowId,
  type TaskforceUuid,
  type WorkflowId,
} from "../../src/domain/ids.js";
import type { Phase } from "../../src/domain/phases.js";
import type { WorkflowSummary } from "../../src/domain/summary.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { WorkflowEvent } from "../../src/domain/workflowEvents.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createTaskforce, createWholeWorkflow } from "../../src/store/creation.js";
import { EventStreams, hasGapAfter, STREAM_START } from "../../src/store/eventStreams.js";
import { eventsKey, MAX_STREAM_ENTRIES } from "../../src/store/keys.js";
import { encodeLogEntry } from "../../src/store/records.js";
import type { Store } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { advance, advanceMany } from "./advance.js";

/** The summary of a workflow without taskforces. */
const NO_SUMS: WorkflowSummary = {
  n_taskforces: 0,
  taskforces_by_phase: {},
  n_workers_requested: 0,
  compound_statuses: {},
  top_task_errors: {},
  tasks: [],
  phases: {},
  last_change: null,
  n_failed_attempts: 0,
  failed_attempts: [],
  waits: { activation: null, starter: [], dead: [], stopper: [], never_started: 0, workers: {} },
  updated: 1,
};

let redis: RedisClient;
let store: Store;
let streams: EventStreams;

beforeEach(async () => {
  ({ redis, store } = await freshStore(1));
  streams = new EventStreams(redis, 1);
});

const workflow = newWorkflowId(1_700_000_000);
const task = newTaskId(workflow);
const SCHEDD = 'schedd/"ü"';

const taskforce = (schedd = SCHEDD): Taskforce =>
  ({
    taskforce_uuid: newTaskforceUuid(task),
    task_id: task,
    workflow_id: workflow,
    timestamp: 1_700_000_000.5,
    priority: 50,
    schedd,
    n_workers: 2,
    phase: "pre-mq-activation",
    phase_change_log: [],
    top_task_errors: {},
    // Without the fields that the store ignores.
  }) as unknown as Taskforce;

async function create(...taskforces: Taskforce[]): Promise<TaskforceUuid[]> {
  const timestamp = 1_700_000_000.25;
  const entity = { workflow_id: workflow, timestamp, priority: 50, deactivated: null, deactivated_ts: null };
  await createWholeWorkflow(store, { workflow: entity, task_directives: [], taskforces }, 0);
  return taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
}

let clock = 1_700_000_001;
const entry = (target_phase: Phase, was_successful = true, source_event_time: number | null = null) =>
  encodeLogEntry({
    target_phase,
    timestamp: clock++,
    was_successful,
    source_event_time,
    source_entity: "TMS",
    context: "why, {} and []",
  });

/** The events of the stream without their times. */
async function readEvents(): Promise<object[]> {
  const entries = await streams.readRange(0, { after: STREAM_START }, { ms: 1e15, seq: 0 }, 1000);
  return entries.map(({ event }) => {
    const { at: _, ...rest } = event as WorkflowEvent & { at?: number };
    return rest;
  });
}
const phase = (taskforces: TaskforceUuid[], from: Phase | null, to: Phase, ok = true, schedd = SCHEDD): object => ({
  kind: "phase",
  workflow,
  taskforces,
  phase: to,
  from,
  ok,
  schedd,
});

describe("one step makes a change and appends its event:", () => {
  it("one event for the creation of a workflow with all its parts", async () => {
    await create(taskforce(), taskforce());
    const [only, ...more] = await streams.readRange(0, { after: STREAM_START }, { ms: 1e15, seq: 0 }, 10);
    expect(only?.event).toEqual({ kind: "created", workflow, at: 1_700_000_000.25 });
    expect(more).toEqual([]);
  });

  it("an event for each phase change of a taskforce, and for each failed attempt", async () => {
    const [uuid = "" as TaskforceUuid] = await create(taskforce());
    const { transitions } = store;
    await transitions.recordAttempts([uuid], "pre-mq-activation", entry("pre-launch", false));
    await advance(transitions, uuid, "pre-mq-activation", "pre-launch", entry("pre-launch"));
    await advanceMany(transitions, [uuid], "pre-launch", "pending-starter", entry("pending-starter"));
    await transitions.recordSubmitFailure(uuid, entry("condor-submit", false), { isLeased: true });
    await transitions.recordRetry(uuid, entry("pending-starter"));
    const report = { cluster_id: 1, n_workers: 2, submit_dict: {}, job_event_log_fpath: "/log" };
    const entries = { submitted: entry("condor-submit"), deactivated: entry("condor-submit", false) };
    await transitions.recordSubmit(uuid, report, entries);
    await transitions.deactivate(workflow, "ABORTED", clock++);
    await transitions.stopTaskforces([uuid], {
      moved: entry("pending-stopper"),
      left: entry("pending-stopper", false),
    });
    await transitions.recordRemovalFailure(uuid, entry("condor-rm", false), { isLeased: true });
    await transitions.recordRemoval(uuid, {
      removed: entry("condor-rm"),
      tooLate: entry("condor-rm", false),
    });
    await transitions.recordCompletion(uuid, entry("condor-complete", true, 1_700_000_000));

    expect((await readEvents()).slice(1)).toEqual([
      phase([uuid], "pre-mq-activation", "pre-launch", false),
      phase([uuid], "pre-mq-activation", "pre-launch"),
      phase([uuid], "pre-launch", "pending-starter"),
      phase([uuid], "pending-starter", "condor-submit", false),
      phase([uuid], "pending-starter", "pending-starter"),
      phase([uuid], "pending-starter", "condor-submit"),
      { kind: "deactivated", workflow, deactivated: "ABORTED" },
      phase([uuid], "condor-submit", "pending-stopper"),
      phase([uuid], "pending-stopper", "condor-rm", false),
      phase([uuid], "pending-stopper", "condor-rm"),
      phase([uuid], "condor-rm", "condor-complete"),
    ]);
  });

  it("an event for an added taskforce, and for a saved summary", async () => {
    await create(taskforce());
    const added = taskforce("another");
    await createTaskforce(store, added);
    const [lease] = await store.summaries.claimDirty(0, 1);
    if (lease === undefined) throw new Error("nothing is dirty");
    await store.summaries.save(lease, NO_SUMS, { codes: [], severity: undefined });
    expect((await readEvents()).slice(1)).toEqual([
      phase([added.taskforce_uuid], null, "pre-mq-activation", true, "another"),
      { kind: "summary", workflow },
    ]);
  });

  it("no event for a repeated report, or for a taskforce in another phase or unknown", async () => {
    const [uuid = "" as TaskforceUuid] = await create(taskforce());
    const { transitions } = store;
    await transitions.recordCompletion(uuid, entry("condor-complete"));
    const before = await readEvents();
    await transitions.recordCompletion(uuid, entry("condor-complete"));
    await advance(transitions, uuid, "pre-launch", "pending-starter", entry("pending-starter"));
    await transitions.recordRetry(uuid, entry("pending-starter"));
    await transitions.deactivate(newWorkflowId(1) as WorkflowId, "FINISHED", clock++);
    await createTaskforce(store, { ...taskforce(), workflow_id: newWorkflowId(1) });
    expect(await readEvents()).toEqual(before);
  });
});

it("taskforces with equal changes in one call share an entry", async () => {
  const here = Array.from({ length: 100 }, () => taskforce());
  const [odd, ...elsewhere] = [taskforce("b"), taskforce("b"), taskforce("b")] as [Taskforce, ...Taskforce[]];
  const all = await create(...here, odd, ...elsewhere);
  await advance(store.transitions, odd.taskforce_uuid, "pre-mq-activation", "pre-launch", entry("pre-launch"));
  await store.transitions.recordCompletion(here[0]?.taskforce_uuid ?? odd.taskforce_uuid, entry("condor-complete"));
  const before = (await readEvents()).length;
  await store.transitions.stopTaskforces(all, {
    moved: entry("pending-stopper"),
    left: entry("pending-stopper", false),
  });
  const ids = (some: Taskforce[]) => some.map(({ taskforce_uuid }) => taskforce_uuid);
  expect((await readEvents()).slice(before)).toEqual([
    phase(ids(here.slice(0, 1)), "condor-complete", "pending-stopper", false),
    phase(ids(here.slice(1)), "pre-mq-activation", "pending-stopper"),
    phase([odd.taskforce_uuid], "pre-launch", "pending-stopper", true, "b"),
    phase(ids(elsewhere), "pre-mq-activation", "pending-stopper", true, "b"),
  ]);
});

describe("a stream", () => {
  /** Appends entries as the scripts do. */
  async function append(count: number): Promise<void> {
    const pipeline = redis.pipeline();
    for (let n = 0; n < count; n++)
      pipeline.xadd(eventsKey(0), "MAXLEN", "~", MAX_STREAM_ENTRIES, "*", "e", '["later kind"]');
    await pipeline.exec();
  }

  it("is trimmed to about the limit", async () => {
    await append(MAX_STREAM_ENTRIES + 1000);
    const extent = await streams.readExtent(0);
    expect(extent?.length).toBeGreaterThanOrEqual(MAX_STREAM_ENTRIES);
    expect(extent?.length).toBeLessThan(MAX_STREAM_ENTRIES + 1000);
  });

  it("has a gap after a position as soon as entries behind it were dropped", async () => {
    expect(hasGapAfter(STREAM_START, undefined)).toBe(false);
    await append(2);
    const extent = await streams.readExtent(0);
    for (const position of [STREAM_START, extent?.first ?? STREAM_START, extent?.last ?? STREAM_START])
      expect(hasGapAfter(position, extent)).toBe(false);
    await append(MAX_STREAM_ENTRIES + 1000);
    const later = await streams.readExtent(0);
    for (const position of [STREAM_START, extent?.first ?? STREAM_START, extent?.last ?? STREAM_START])
      expect(hasGapAfter(position, later)).toBe(true);
    expect(hasGapAfter(later?.first ?? STREAM_START, later)).toBe(false);
  });

  it("has a gap after a position when Redis lost it, or when it ends before the position", async () => {
    await append(2);
    const { last } = (await streams.readExtent(0)) ?? { last: STREAM_START };
    expect(hasGapAfter({ ...last, seq: last.seq + 1 }, await streams.readExtent(0))).toBe(true);
    await redis.del(eventsKey(0));
    expect(hasGapAfter(last, await streams.readExtent(0))).toBe(true);
  });

  it("is readable past entries of a later release", async () => {
    await append(1);
    expect(await streams.readNext([STREAM_START], 10, 100)).toMatchObject([{ partition: 0, event: undefined }]);
  });
});
