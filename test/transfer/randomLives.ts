import * as fc from "fast-check";
import { addSample, EMPTY_HISTORY, HISTORY_FIELDS } from "../../src/domain/history.js";
import { encodeHistory } from "../../src/domain/historyText.js";
import { newTaskforceUuid, newTaskId, type TaskforceUuid, type WorkflowId } from "../../src/domain/ids.js";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES, type Phase, type PhaseChange } from "../../src/domain/phases.js";
import type { TaskDirective } from "../../src/domain/taskDirective.js";
import { buildUnstartedTaskforce, type Taskforce } from "../../src/domain/taskforce.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { historyKey, newWorkflowIdIn, partitionOf } from "../../src/store/keys.js";
import { encodeLogEntry, type PhaseLogEntry } from "../../src/store/records.js";
import { updateStatuses } from "../../src/store/statusUpdates.js";
import type { Store } from "../../src/store/store.js";
import { WORKER_CONFIG } from "../processes/workflowRequestJson.js";

/** What happens to a taskforce, in this order. */
const TASKFORCE_STEPS = [
  "launch",
  "failToSubmit",
  "expire",
  "submit",
  "report",
  "failToRemove",
  "remove",
  "complete",
] as const;
type TaskforceStep = (typeof TASKFORCE_STEPS)[number];

/** The life of a workflow so far. */
export interface Life {
  /** Epoch seconds. */
  created: number;
  priority: number;
  tasks: { image: string; taskforces: { schedd: string; steps: TaskforceStep[]; errors: Record<string, number> }[] }[];
  profiles: string[];
  /** When the workflow is deactivated: before or after the steps of its taskforces, or not to the end. */
  deactivated: "no" | "before" | "after" | "half";
  /** Numbers of workers at the samples of its history. */
  history?: number[];
}

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
// JavaScript puts keys that are integers first, so they keep their order from the beginning.
const errorText = text.filter((key) => !/^\d+$/.test(key) && key !== "__proto__");

/** Lives of workflows of a few taskforces. */
export const arbitraryLife: fc.Arbitrary<Life> = fc.record({
  created: fc.double({ min: 1_600_000_000, max: 1_800_000_000, noNaN: true }),
  priority: fc.constantFrom(1, 50, 100),
  tasks: fc.array(
    fc.record({
      image: fc.constantFrom("image", `${"long/".repeat(40)}image`),
      taskforces: fc.array(
        fc.record({
          schedd: fc.constantFrom("ap", "ap 2", "{ap:3}"),
          steps: fc.subarray([...TASKFORCE_STEPS]),
          errors: fc.dictionary(errorText, fc.nat(), { maxKeys: 3 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  profiles: fc.uniqueArray(fc.uuid(), { maxLength: 2 }),
  deactivated: fc.constantFrom("no", "no", "before", "after", "half"),
  history: fc.array(fc.nat(), { maxLength: 5 }),
});

let lastSeconds = 1_900_000_000;
function nextSeconds(): number {
  lastSeconds += 0.25;
  return lastSeconds;
}

const entryOf = (target_phase: Phase, context: string, was_successful = true): PhaseLogEntry =>
  encodeLogEntry({
    target_phase,
    timestamp: nextSeconds(),
    was_successful,
    source_event_time: null,
    source_entity: PHASE_CHANGE_SOURCES.tms,
    context,
  });

async function storeHistory(store: Store, workflow: WorkflowId, workers: readonly number[]): Promise<void> {
  if (workers.length === 0) return;
  const history = workers.reduce((before, n, index) => {
    const sample = { timestamp: 1_700_000_000 + 60 * index, values: HISTORY_FIELDS.map(() => n) };
    return addSample(before, sample) ?? before;
  }, EMPTY_HISTORY);
  await store.redis.set(historyKey(partitionOf(workflow, store.partitions), workflow), encodeHistory(history));
}

/** Lets a workflow live in a store, by the calls of the service. @returns its id */
export async function live(store: Store, life: Life, partition = 0): Promise<string> {
  const { created, priority } = life;
  const workflow_id = newWorkflowIdIn(partition % store.partitions, store.partitions, created);
  const task_directives: TaskDirective[] = [];
  const taskforces: Taskforce[] = [];
  const lives: { uuid: TaskforceUuid; steps: TaskforceStep[]; errors: Record<string, number> }[] = [];
  for (const { image, taskforces: wanted } of life.tasks) {
    const task_id = newTaskId(workflow_id);
    task_directives.push({
      task_id,
      workflow_id,
      cluster_locations: ["here"],
      task_image: image,
      task_args: "run {{INFILE}}",
      task_env: { A: "1" },
      init_image: "",
      init_args: "",
      init_env: {},
      timestamp: created,
      input_queues: life.profiles,
      output_queues: [],
    });
    for (const { schedd, steps, errors } of wanted) {
      const taskforce_uuid = newTaskforceUuid(task_id);
      const pilot_config = { tag: "1.0.0", image_source: "cvmfs" as const, environment: {}, input_files: [] };
      const firstEntry: PhaseChange = {
        target_phase: "pre-mq-activation",
        timestamp: created,
        was_successful: true,
        source_event_time: null,
        source_entity: PHASE_CHANGE_SOURCES.user,
        context: PHASE_CHANGE_CONTEXTS.created,
      };
      const ids = { taskforce_uuid, task_id, workflow_id };
      const fields = {
        timestamp: created,
        priority,
        schedd,
        n_workers: 10,
        pilot_config,
        worker_config: WORKER_CONFIG,
      };
      taskforces.push(buildUnstartedTaskforce({ ...ids, ...fields }, firstEntry));
      lives.push({ uuid: taskforce_uuid, steps, errors });
    }
  }
  const workflow = { workflow_id, timestamp: created, priority, deactivated: null, deactivated_ts: null };
  await createWholeWorkflow(store, { workflow, task_directives, taskforces }, life.profiles.length);
  await storeHistory(store, workflow_id, life.history ?? []);
  const profiles = life.profiles.map((mqid) => ({ mqid, alias: `alias of ${mqid}`, is_activated: true }));
  if (profiles.length > 0) await store.profiles.saveActivated(workflow_id, profiles);
  const stop = async () => {
    await store.transitions.deactivate(workflow_id, "ABORTED", nextSeconds());
    if (life.deactivated === "half") return;
    const entries = {
      moved: entryOf("pending-stopper", PHASE_CHANGE_CONTEXTS.aborted),
      left: entryOf("pending-stopper", PHASE_CHANGE_CONTEXTS.abortedTooLate, false),
    };
    await store.transitions.stopTaskforces(
      lives.map(({ uuid }) => uuid),
      entries,
    );
    await store.indexes.finishDeactivation(workflow_id);
  };
  if (life.deactivated === "before") await stop();
  for (const { uuid, steps, errors } of lives) for (const step of steps) await STEPS[step](store, uuid, errors);
  if (life.deactivated === "after" || life.deactivated === "half") await stop();
  return workflow_id;
}

const STEPS: Record<TaskforceStep, (store: Store, uuid: TaskforceUuid, errors: Record<string, number>) => unknown> = {
  launch: ({ transitions }, uuid) =>
    transitions.advance(
      [uuid],
      [
        {
          from: "pre-mq-activation",
          to: "pre-launch",
          entry: entryOf("pre-launch", PHASE_CHANGE_CONTEXTS.queuesActive),
        },
        { from: "pre-launch", to: "pending-starter", entry: entryOf("pending-starter", PHASE_CHANGE_CONTEXTS.ready) },
      ],
    ),
  failToSubmit: ({ transitions }, uuid) =>
    transitions.recordSubmitFailure(uuid, entryOf("condor-submit", 'no "space"', false), { isLeased: true }),
  expire: ({ transitions }, uuid) => transitions.recordExpiredLeases([uuid], "pending-starter", nextSeconds()),
  submit: ({ transitions }, uuid) =>
    transitions.recordSubmit(
      uuid,
      { cluster_id: 4711, n_workers: 12, submit_dict: { queue: 12, executable: "run" }, job_event_log_fpath: "/log" },
      {
        submitted: entryOf("condor-submit", PHASE_CHANGE_CONTEXTS.submitted),
        deactivated: entryOf("condor-submit", PHASE_CHANGE_CONTEXTS.submittedTooLate, false),
      },
    ),
  report: (store, uuid, errors) =>
    updateStatuses(store, [{ uuid, compoundStatuses: { RUNNING: { Working: 3 } }, topTaskErrors: errors }]),
  failToRemove: ({ transitions }, uuid) =>
    transitions.recordRemovalFailure(uuid, entryOf("condor-rm", "no such cluster", false), { isLeased: true }),
  remove: ({ transitions }, uuid) =>
    transitions.recordRemoval(uuid, {
      removed: entryOf("condor-rm", PHASE_CHANGE_CONTEXTS.removed),
      tooLate: entryOf("condor-rm", PHASE_CHANGE_CONTEXTS.removedTooLate, false),
    }),
  complete: ({ transitions }, uuid) =>
    transitions.recordCompletion(uuid, entryOf("condor-complete", PHASE_CHANGE_CONTEXTS.completed)),
};
