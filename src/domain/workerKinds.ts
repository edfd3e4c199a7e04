import type { CompoundStatuses } from "./taskforce.js";

/**
 * Kinds of workers by their pair of statuses. Page and command line use the same ones (`client/src/workers.ts`). The order
 * is part of the stored form of a history.
 */
export const WORKER_KINDS = ["working", "starting", "idle", "done", "failed", "held", "removed", "other"] as const;
export type WorkerKind = (typeof WORKER_KINDS)[number];

function workerKindOf(condor: string, pilot: string): WorkerKind {
  if (condor === "RUNNING") return pilot === "Tasking" ? "working" : "starting";
  if (condor === "IDLE") return "idle";
  if (condor.startsWith("HELD")) return "held";
  if (condor === "COMPLETED") return /error|fail/i.test(pilot) ? "failed" : "done";
  return condor === "REMOVED" ? "removed" : "other";
}

/** Numbers of workers by kind. A negative number counts as 0. */
export function countWorkersByKind(statuses: CompoundStatuses): Record<WorkerKind, number> {
  const counts = Object.fromEntries(WORKER_KINDS.map((kind) => [kind, 0])) as Record<WorkerKind, number>;
  for (const [condor, pilots] of Object.entries(statuses))
    for (const [pilot, n] of Object.entries(pilots)) counts[workerKindOf(condor, pilot)] += Math.max(0, n);
  return counts;
}
