import { setTimeout as delay } from "node:timers/promises";
import { now } from "../../domain/clock.js";
import { type TaskforceUuid, type TaskId, taskOf, type WorkflowId } from "../../domain/ids.js";
import { ENDING_OR_FINISHED, type Phase, type PhaseChange } from "../../domain/phases.js";
import {
  FAILED_ATTEMPTS_SHOWN,
  type FailedAttempt,
  type Sums,
  type TaskSummary,
  type WorkflowSummary,
} from "../../domain/summary.js";
import type { TaskDirective } from "../../domain/taskDirective.js";
import { phaseChanges, type TaskforceRecord, taskText } from "../../store/records.js";
import type { Wms } from "../../lifecycle/context.js";
import { PhaseClock } from "./phaseDurations.js";
import { shortText, WaitsTally } from "./waitReasons.js";

/** Workflows summarized before others get a turn. */
const BATCH = 20;
/** Milliseconds from which on making a summary is followed by a pause of twice as long, and the longest pause. */
const SLOW = 200;
const LONGEST_PAUSE = 3000;

/** Brings the summaries of all dirty workflows of a partition up to date. */
export async function summarizeDirty(wms: Wms, partition: number): Promise<void> {
  for (;;) {
    const turns = await wms.store.summaries.takeDirty(partition, BATCH);
    if (turns.length === 0) return;
    for (const turn of turns) {
      const began = performance.now();
      await wms.store.summaries.save(turn, await summarize(wms, turn.workflow));
      const took = performance.now() - began;
      // A large workflow that is being launched is dirty again by now, and to sum it up takes time from its launch.
      if (took > SLOW) await delay(Math.min(LONGEST_PAUSE, 2 * took));
    }
  }
}

/** Sums up a workflow's taskforces, as they are now. */
export async function summarize(wms: Wms, workflow: WorkflowId): Promise<WorkflowSummary> {
  const updated = now();
  const [tasks, uuids] = await Promise.all([
    taskSummaries(wms, workflow),
    wms.store.indexes.taskforcesOf(workflow),
  ]);
  const whole = noSums();
  const clock = new PhaseClock();
  const failures = new Failures();
  const waits = new WaitsTally(wms);
  let lastChange = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", uuids)) {
    if (record === undefined) continue;
    const log = phaseChanges(record);
    const ofTask = tasks.get(taskOf(uuid));
    const statuses = entriesOf<Record<string, number>>(record.compound_statuses);
    addTo(ofTask === undefined ? [whole] : [whole, ofTask], record, statuses);
    const since = clock.add(record, log);
    failures.add(uuid, record, log);
    waits.add(record, statuses, log, since);
    lastChange = Math.max(lastChange, log.at(-1)?.timestamp ?? 0, Number(record.statuses_ts ?? 0));
  }
  return {
    ...whole,
    tasks: [...tasks.values()],
    phases: clock.stays(),
    last_change: lastChange || null,
    n_failed_attempts: failures.count,
    failed_attempts: failures.newest(),
    waits: waits.total(),
    updated,
  };
}

/** Without prototypes, as the keys are whatever the TMS sends: `__proto__` is a key like any other. */
const noSums = (): Sums => ({
  n_taskforces: 0,
  taskforces_by_phase: {},
  n_workers_requested: 0,
  compound_statuses: Object.create(null) as Sums["compound_statuses"],
  top_task_errors: Object.create(null) as Sums["top_task_errors"],
});

/**
 * The tasks of a workflow, nothing summed up yet. They never change, so those of the summary that is about to be replaced save
 * reading each directive anew.
 */
async function taskSummaries(wms: Wms, workflow: WorkflowId): Promise<Map<TaskId, TaskSummary>> {
  const before = await wms.store.summaries.fetch(workflow);
  if (before !== undefined)
    return new Map(
      before.tasks.map(({ task_id, task_image }) => [task_id, { task_id, task_image, ...noSums() }]),
    );
  const summaries = new Map<TaskId, TaskSummary>();
  const ids = await wms.store.indexes.tasksOf(workflow);
  for await (const [task_id, record] of wms.store.fetchEach("task", ids)) {
    if (record === undefined) continue;
    const { task_image } = JSON.parse(taskText(record)) as TaskDirective;
    summaries.set(task_id, { task_id, task_image, ...noSums() });
  }
  return summaries;
}

function addTo(
  all: readonly Sums[],
  record: TaskforceRecord,
  statuses: readonly [condor: string, pilots: Record<string, number>][],
): void {
  const errors = entriesOf<number>(record.top_task_errors);
  for (const sums of all) {
    sums.n_taskforces++;
    sums.taskforces_by_phase[record.phase] = (sums.taskforces_by_phase[record.phase] ?? 0) + 1;
    if (!(ENDING_OR_FINISHED as readonly Phase[]).includes(record.phase))
      sums.n_workers_requested += record.n_workers;
    for (const [error, count] of errors)
      sums.top_task_errors[error] = (sums.top_task_errors[error] ?? 0) + count;
    for (const [condor, pilots] of statuses) {
      const ofStatus = sums.compound_statuses[condor] ?? (Object.create(null) as Record<string, number>);
      sums.compound_statuses[condor] = ofStatus;
      for (const [pilot, count] of Object.entries(pilots)) ofStatus[pilot] = (ofStatus[pilot] ?? 0) + count;
    }
  }
}

const entriesOf = <V>(json: string | undefined): [string, V][] =>
  json === undefined ? [] : Object.entries(JSON.parse(json) as Record<string, V>);

/** Gathers failed attempts, of which only the newest are kept. */
class Failures {
  count = 0;
  #kept: FailedAttempt[] = [];

  add(taskforce_uuid: TaskforceUuid, { schedd }: TaskforceRecord, log: readonly PhaseChange[]): void {
    const failed = log.filter(({ was_successful }) => !was_successful);
    this.count += failed.length;
    for (const { target_phase, timestamp, source_entity, context } of failed.slice(-FAILED_ATTEMPTS_SHOWN))
      this.#kept.push({
        taskforce_uuid,
        schedd,
        target_phase,
        timestamp,
        source_entity,
        context: shortText(context),
      });
    if (this.#kept.length > 50 * FAILED_ATTEMPTS_SHOWN) this.#kept = this.newest();
  }

  /** Newest first. */
  newest(): FailedAttempt[] {
    return this.#kept.sort((a, b) => b.timestamp - a.timestamp).slice(0, FAILED_ATTEMPTS_SHOWN);
  }
}
