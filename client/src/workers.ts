import type { CompoundStatuses, Summary } from "./apiTypes.js";
import { formatNumber } from "./format.js";

/** Kinds of workers by their pair of statuses, in the order of the bars. */
export const WORKER_KINDS = ["working", "starting", "idle", "held", "done", "failed", "removed", "other"] as const;
export type WorkerKind = (typeof WORKER_KINDS)[number];

/** Workers of one HTCondor and one pilot status. */
export interface WorkerGroup {
  condor: string;
  pilot: string;
  n: number;
  kind: WorkerKind;
}

function workerKindOf(condor: string, pilot: string): WorkerKind {
  if (condor === "RUNNING") return pilot === "Tasking" ? "working" : "starting";
  if (condor === "IDLE") return "idle";
  if (condor.startsWith("HELD")) return "held";
  if (condor === "COMPLETED") return /error|fail/i.test(pilot) ? "failed" : "done";
  return condor === "REMOVED" ? "removed" : "other";
}

/** All groups of workers, in the order of the bars. */
export function groupWorkers(statuses: CompoundStatuses): WorkerGroup[] {
  const groups = Object.entries(statuses).flatMap(([condor, pilots]) =>
    Object.entries(pilots).map(([pilot, n]) => ({ condor, pilot, n, kind: workerKindOf(condor, pilot) })),
  );
  return groups
    .filter(({ n }) => n > 0)
    .sort((a, b) => WORKER_KINDS.indexOf(a.kind) - WORKER_KINDS.indexOf(b.kind) || b.n - a.n);
}

/** Numbers of workers by kind. */
export function countWorkersByKind(statuses: CompoundStatuses): Record<WorkerKind, number> {
  const counts = Object.fromEntries(WORKER_KINDS.map((kind) => [kind, 0])) as Record<WorkerKind, number>;
  for (const { kind, n } of groupWorkers(statuses)) counts[kind] += n;
  return counts;
}

/** `5 of 10 workers running` */
export function runningWorkersText({
  compound_statuses,
  n_workers_requested,
}: Pick<Summary, "compound_statuses" | "n_workers_requested">): string {
  const { working, starting } = countWorkersByKind(compound_statuses);
  const requested = n_workers_requested > 0 ? ` of ${formatNumber(n_workers_requested)}` : "";
  return `${formatNumber(working + starting)}${requested} workers running`;
}

/** `RUNNING · Tasking`; the pilot status is "null" until the pilot reports one. */
export const workerGroupLabel = ({ condor, pilot }: WorkerGroup): string =>
  pilot === "null" ? condor : `${condor} · ${pilot}`;

/** The period of a rate, in seconds. */
const RATE_WINDOW_SECONDS = 120;
/** Minimum seconds between the two samples of a rate. */
const MIN_RATE_SECONDS = 5;

/** Measures the rates at which counts of workers increase, by task. */
export class WorkerRates {
  readonly #samples = new Map<string, { atSeconds: number; count: number }[]>();

  /**
   * Adds the count of a task.
   *
   * @param atSeconds epoch seconds
   * @returns workers per minute; undefined while the rate is unknown
   */
  addCount(taskId: string, atSeconds: number, count: number): number | undefined {
    const oldSamples = this.#samples.get(taskId) ?? [];
    const recent = oldSamples.filter((sample) => sample.atSeconds >= atSeconds - RATE_WINDOW_SECONDS);
    const samples = [...recent, { atSeconds, count }];
    this.#samples.set(taskId, samples);
    const [oldest = { atSeconds, count }] = samples;
    const seconds = atSeconds - oldest.atSeconds;
    return seconds < MIN_RATE_SECONDS ? undefined : Math.max(0, (60 * (count - oldest.count)) / seconds);
  }
}
