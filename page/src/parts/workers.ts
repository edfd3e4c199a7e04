import type { CompoundStatuses } from "../api/shapes.ts";

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

/** A group as a person reads it: `RUNNING · Tasking`. */
export const nameOf = ({ condor, pilot }: WorkerGroup): string =>
  pilot === SILENT ? condor : `${condor} · ${pilot}`;
