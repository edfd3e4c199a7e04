import { setTimeout as delay } from "node:timers/promises";
import { batchesOf } from "../../domain/batchesOf.js";
import { nextEpochSeconds } from "../../domain/clock.js";
import { addSample, runningOverTime, toHistorySample } from "../../domain/history.js";
import { type TaskforceUuid, type TaskId, taskOf, type WorkflowId } from "../../domain/ids.js";
import { ENDING_OR_FINISHED_PHASES, type Phase, type PhaseChange } from "../../domain/phases.js";
import {
  areAllEnded,
  type FailedAttempt,
  MAX_SHOWN_FAILED_ATTEMPTS,
  type SummaryTotals,
  type TaskSummary,
  type WaitReasons,
  type WorkflowSummary,
} from "../../domain/summary.js";
import type { TaskDirective } from "../../domain/taskDirective.js";
import type { Wms } from "../../lifecycle/context.js";
import { phaseChanges, type TaskforceRecord, taskJson } from "../../store/records.js";
import type { SummaryLease } from "../../store/summaries.js";
import { assessAttention } from "../diagnosis/attention.js";
import { raiseNotifications } from "../webhooks/raise.js";
import { DeadLetterCollector } from "./deadLetters.js";
import { PhaseDurations } from "./phaseDurations.js";
import { shortenErrorText, WaitReasonsTally, type WorkerStatuses } from "./waitReasons.js";

/** Values of the line in the list of workflows. */
const SPARKLINE_VALUES = 20;
/** Summaries that a worker leases at once. */
const MAX_LEASES = 20;
/** Summaries that are computed at once: they share round trips, and memory holds few large workflows. */
const CONCURRENT_SUMMARIES = 5;
/** A batch that takes longer is followed by a pause of twice its time. */
const SLOW_SUMMARY_MS = 200;
const MAX_PAUSE_MS = 3000;

/** Updates the summaries of all workflows of a partition that are dirty when it is called. */
export async function summarizeDirtyWorkflows(wms: Wms, partition: number): Promise<void> {
  let leases: SummaryLease[];
  do {
    leases = await wms.store.summaries.claimDirty(partition, MAX_LEASES);
    const webhooks = leases.length > 0 ? await wms.store.webhooks.readIndex() : undefined;
    for (const batch of batchesOf(leases, CONCURRENT_SUMMARIES)) {
      const startMs = performance.now();
      await Promise.all(
        batch.map(async (lease) => {
          const { workflow } = lease;
          const [summary, history] = await Promise.all([
            summarizeWorkflow(wms, workflow),
            wms.store.summaries.fetchHistory(workflow),
          ]);
          const attention = assessAttention(summary, nextEpochSeconds());
          const notified = webhooks && (await raiseNotifications(wms, webhooks, workflow, summary));
          // A history begins while its workflow lives: an imported one that ended before has none.
          const hasNone = history.samples.length === 0 && areAllEnded(summary);
          const grown = hasNone ? undefined : addSample(history, toHistorySample(summary));
          const running_workers = runningOverTime(grown ?? history, summary.updated, SPARKLINE_VALUES);
          const saved = { ...summary, running_workers, ...(notified && { notified }) };
          await wms.store.summaries.save(lease, saved, attention, grown);
        }),
      );
      const elapsedMs = performance.now() - startMs;
      // A large workflow that is being launched is dirty again by now; the pause leaves processor time for its launch.
      if (elapsedMs > SLOW_SUMMARY_MS) await delay(Math.min(MAX_PAUSE_MS, 2 * elapsedMs));
    }
  } while (leases.length === MAX_LEASES);
}

/** The summary of a workflow of which only the numbers of its tasks and taskforces are known. */
export async function unknownSummary({ store }: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  return {
    ...createEmptySums(),
    n_taskforces: await store.indexes.countTaskforcesOf(workflow),
    tasks: [],
    phases: {},
    last_change: null,
    n_failed_attempts: 0,
    failed_attempts: [],
    waits: { activation: null, starter: [], dead: [], stopper: [], never_started: 0, workers: {} },
    updated: nextEpochSeconds(),
  };
}

/** Summarizes a workflow's taskforces in their current state. */
export async function summarizeWorkflow(wms: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  const updated = nextEpochSeconds();
  const [tasks, uuids] = await Promise.all([taskSummaries(wms, workflow), wms.store.indexes.taskforcesOf(workflow)]);
  const workflowSums = createEmptySums();
  const phaseDurations = new PhaseDurations();
  const failures = new FailedAttemptCollector();
  const waits = new WaitReasonsTally(wms);
  const deadLetters = new DeadLetterCollector(wms);
  let lastChange = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", uuids)) {
    if (record === undefined) continue;
    const log = phaseChanges(record);
    const taskSums = tasks.get(taskOf(uuid));
    const statuses = parseEntries<Record<string, number>>(record.compound_statuses);
    addTaskforceToSums(taskSums === undefined ? [workflowSums] : [workflowSums, taskSums], record, statuses);
    const enteredSeconds = phaseDurations.add(record, log);
    failures.add(uuid, record, log);
    waits.add(record, statuses, log, enteredSeconds);
    deadLetters.add(record, log);
    lastChange = Math.max(lastChange, log.at(-1)?.timestamp ?? 0, Number(record.statuses_ts ?? 0));
  }
  return {
    ...workflowSums,
    tasks: [...tasks.values()],
    phases: phaseDurations.stays(),
    last_change: lastChange || null,
    n_failed_attempts: failures.count,
    failed_attempts: failures.newest(),
    waits: { ...waits.toWaits(), ...deadLetters.newest() },
    updated,
  };
}

/** Why a single taskforce waits. */
export function waitsOfTaskforce(wms: Wms, record: TaskforceRecord): WaitReasons {
  const log = phaseChanges(record);
  const waits = new WaitReasonsTally(wms);
  waits.add(record, parseEntries(record.compound_statuses), log, new PhaseDurations().add(record, log));
  return waits.toWaits();
}

/** The maps have no prototype: the TMS sends any key, `__proto__` included. */
const createEmptySums = (): SummaryTotals => ({
  n_taskforces: 0,
  taskforces_by_phase: {},
  n_workers_requested: 0,
  compound_statuses: Object.create(null) as SummaryTotals["compound_statuses"],
  top_task_errors: Object.create(null) as SummaryTotals["top_task_errors"],
});

/**
 * Empty summaries of a workflow's tasks. Tasks never change, so the previous summary, if any, saves reading the directives.
 */
async function taskSummaries(wms: Wms, workflow: WorkflowId): Promise<Map<TaskId, TaskSummary>> {
  let tasks: Pick<TaskSummary, "task_id" | "task_image">[] | undefined = (await wms.store.summaries.fetch(workflow))
    ?.tasks;
  if (tasks === undefined) {
    tasks = [];
    for await (const [task_id, record] of wms.store.fetchEach("task", await wms.store.indexes.tasksOf(workflow)))
      if (record !== undefined)
        tasks.push({ task_id, task_image: (JSON.parse(taskJson(record)) as TaskDirective).task_image });
  }
  return new Map(tasks.map(({ task_id, task_image }) => [task_id, { task_id, task_image, ...createEmptySums() }]));
}

function addTaskforceToSums(all: readonly SummaryTotals[], record: TaskforceRecord, statuses: WorkerStatuses): void {
  const errors = parseEntries<number>(record.top_task_errors);
  for (const sums of all) {
    sums.n_taskforces++;
    sums.taskforces_by_phase[record.phase] = (sums.taskforces_by_phase[record.phase] ?? 0) + 1;
    if (!(ENDING_OR_FINISHED_PHASES as readonly Phase[]).includes(record.phase))
      sums.n_workers_requested += record.n_workers;
    for (const [error, count] of errors) sums.top_task_errors[error] = (sums.top_task_errors[error] ?? 0) + count;
    for (const [condor, pilots] of statuses) {
      const ofStatus = sums.compound_statuses[condor] ?? (Object.create(null) as Record<string, number>);
      sums.compound_statuses[condor] = ofStatus;
      for (const [pilot, count] of Object.entries(pilots)) ofStatus[pilot] = (ofStatus[pilot] ?? 0) + count;
    }
  }
}

const parseEntries = <V>(json: string | undefined): [string, V][] =>
  json === undefined ? [] : Object.entries(JSON.parse(json) as Record<string, V>);

/** Counts failed attempts and keeps the newest ones. */
class FailedAttemptCollector {
  count = 0;
  #attempts: FailedAttempt[] = [];

  add(taskforce_uuid: TaskforceUuid, { schedd }: TaskforceRecord, log: readonly PhaseChange[]): void {
    const failed = log.filter(({ was_successful }) => !was_successful);
    this.count += failed.length;
    for (const { target_phase, timestamp, source_entity, ...change } of failed.slice(-MAX_SHOWN_FAILED_ATTEMPTS)) {
      const context = shortenErrorText(change.context);
      this.#attempts.push({ taskforce_uuid, schedd, target_phase, timestamp, source_entity, context });
    }
    if (this.#attempts.length > 50 * MAX_SHOWN_FAILED_ATTEMPTS) this.#attempts = this.newest();
  }

  /** Newest first. */
  newest(): FailedAttempt[] {
    return this.#attempts.sort((a, b) => b.timestamp - a.timestamp).slice(0, MAX_SHOWN_FAILED_ATTEMPTS);
  }
}
