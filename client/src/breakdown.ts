import type { ByPhase, CompoundStatuses, Phase, Taskforce, TaskSummary } from "./apiTypes.js";
import { groupWorkers, type WorkerKind } from "./workers.js";

/** The fields of a taskforce that a breakdown sums up. */
export type TaskforceFacts = Pick<
  Taskforce,
  "taskforce_uuid" | "task_id" | "schedd" | "phase" | "compound_statuses"
> & {
  /** Number of errors that its workers reported. */
  errorCount: number;
};

/** What a breakdown shows of some taskforces. */
export interface BreakdownRow {
  /** The id or name that its taskforces share. */
  key: string;
  taskforceCount: number;
  phases: ByPhase;
  compound_statuses: CompoundStatuses;
  workers: BreakdownWorkers;
  /** Reasons of held workers with their numbers, the most frequent first. */
  holdReasons: [reason: string, n: number][];
  errorCount: number;
}

/** Numbers of workers. `running` includes those whose pilot is starting; `failed` are also `ended`. */
export type BreakdownWorkers = Record<"running" | "idle" | "held" | "ended" | "failed", number>;

/** Kinds whose workers run no longer. */
const ENDED_KINDS: ReadonlySet<WorkerKind> = new Set(["done", "failed", "removed"]);

function toRow(
  key: string,
  sums: Pick<BreakdownRow, "taskforceCount" | "phases" | "compound_statuses" | "errorCount">,
): BreakdownRow {
  const workers: BreakdownWorkers = { running: 0, idle: 0, held: 0, ended: 0, failed: 0 };
  const reasons = new Map<string, number>();
  for (const { kind, condor, n } of groupWorkers(sums.compound_statuses)) {
    if (kind === "working" || kind === "starting") workers.running += n;
    else if (kind === "idle") workers.idle += n;
    else if (ENDED_KINDS.has(kind)) workers.ended += n;
    if (kind === "failed") workers.failed += n;
    if (kind !== "held") continue;
    workers.held += n;
    const reason = condor.replace(/^HELD:?\s*/i, "") || "no reason reported";
    reasons.set(reason, (reasons.get(reason) ?? 0) + n);
  }
  return { key, ...sums, workers, holdReasons: [...reasons].sort(([, one], [, other]) => other - one) };
}

/** The row of a task, from the summary of its workflow. */
export const taskRow = ({ task_id, ...sums }: TaskSummary): BreakdownRow =>
  toRow(task_id, {
    taskforceCount: sums.n_taskforces,
    phases: sums.taskforces_by_phase,
    compound_statuses: sums.compound_statuses,
    errorCount: Object.values(sums.top_task_errors).reduce((sum, n) => sum + n, 0),
  });

/** Sums up taskforces that share a key, in the order of their first taskforces. */
export function sumByKey(
  taskforces: readonly TaskforceFacts[],
  keyOf: (taskforce: TaskforceFacts) => string,
): BreakdownRow[] {
  const sums = new Map<string, { n: number; phases: ByPhase; statuses: CompoundStatuses; errorCount: number }>();
  for (const taskforce of taskforces) {
    const key = keyOf(taskforce);
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { n: 0, phases: {}, statuses: {}, errorCount: 0 };
      sums.set(key, sum);
    }
    sum.n++;
    sum.errorCount += taskforce.errorCount;
    addPhase(sum.phases, taskforce.phase);
    addStatuses(sum.statuses, taskforce.compound_statuses);
  }
  return [...sums].map(([key, { n, statuses, ...sum }]) =>
    toRow(key, { ...sum, taskforceCount: n, compound_statuses: statuses }),
  );
}

const addPhase = (phases: ByPhase, phase: Phase): void => {
  phases[phase] = (phases[phase] ?? 0) + 1;
};

function addStatuses(sums: CompoundStatuses, statuses: CompoundStatuses): void {
  for (const [condor, pilots] of Object.entries(statuses)) {
    const ofStatus = sums[condor] ?? {};
    sums[condor] = ofStatus;
    for (const [pilot, n] of Object.entries(pilots)) ofStatus[pilot] = (ofStatus[pilot] ?? 0) + n;
  }
}

/** Sums up the workers of all rows. */
export const sumOfRows = (rows: readonly BreakdownRow[]): CompoundStatuses => {
  const sums: CompoundStatuses = {};
  for (const { compound_statuses } of rows) addStatuses(sums, compound_statuses);
  return sums;
};

/** Rows with problems first: by held workers, then by errors; equal ones stay in their order. */
export const problemsFirst = (rows: readonly BreakdownRow[]): BreakdownRow[] =>
  [...rows].sort((one, other) => other.workers.held - one.workers.held || other.errorCount - one.errorCount);
