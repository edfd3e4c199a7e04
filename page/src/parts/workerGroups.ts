import type { CompoundStatuses, Sums } from "../api/apiTypes.ts";
import { number } from "./format.ts";

/** What a worker's pair of statuses amounts to, in the order in which bars show it. */
export const KINDS = ["working", "starting", "idle", "held", "done", "failed", "removed", "other"] as const;
export type Kind = (typeof KINDS)[number];

/** Workers of one HTCondor and one pilot status. */
export interface WorkerGroup {
  condor: string;
  pilot: string;
  n: number;
  kind: Kind;
}

/** The pilot has not spoken yet. */
const SILENT = "null";

function kindOf(condor: string, pilot: string): Kind {
  if (condor === "RUNNING") return pilot === "Tasking" ? "working" : "starting";
  if (condor === "IDLE") return "idle";
  if (condor.startsWith("HELD")) return "held";
  if (condor === "COMPLETED") return /error|fail/i.test(pilot) ? "failed" : "done";
  return condor === "REMOVED" ? "removed" : "other";
}

/** All groups of workers, in the order in which bars show them. */
export function groupsOf(statuses: CompoundStatuses): WorkerGroup[] {
  const groups = Object.entries(statuses).flatMap(([condor, pilots]) =>
    Object.entries(pilots).map(([pilot, n]) => ({ condor, pilot, n, kind: kindOf(condor, pilot) })),
  );
  return groups
    .filter(({ n }) => n > 0)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || b.n - a.n);
}

/** Workers of each kind. */
export function countKinds(statuses: CompoundStatuses): Record<Kind, number> {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  for (const { kind, n } of groupsOf(statuses)) counts[kind] += n;
  return counts;
}

/** How many of the workers that are wanted run: `5 of 10 workers run`. */
export function runningOf({ compound_statuses, n_workers_requested }: Sums): string {
  const { working, starting } = countKinds(compound_statuses);
  const run = `${number(working + starting)}${n_workers_requested > 0 ? ` of ${number(n_workers_requested)}` : ""}`;
  return `${run} workers run`;
}

/** A group as a person reads it: `RUNNING · Tasking`. */
export const nameOf = ({ condor, pilot }: WorkerGroup): string =>
  pilot === SILENT ? condor : `${condor} · ${pilot}`;
