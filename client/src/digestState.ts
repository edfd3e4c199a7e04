import type { WorkflowDigest } from "./apiTypes.js";
import { formatNumber } from "./format.js";

/** How urgent a state is, for its colour: `error` and `warning` need attention, `ended` needs none any more. */
export type StateTone = "error" | "warning" | "running" | "waiting" | "ended";

/** The state of a row in the list of workflows, as page and command line show it. */
export function digestState({
  state,
  finding,
  workers,
  n_workers_requested,
}: Pick<WorkflowDigest, "state" | "finding" | "workers" | "n_workers_requested">): { label: string; tone: StateTone } {
  if (state === "aborted" || state === "finished") return { label: state, tone: "ended" };
  if (finding !== null && finding.severity !== "info")
    return { label: `needs attention: ${finding.sentence}`, tone: finding.severity };
  if (state === "completed") return { label: "completed, not finished", tone: "warning" };
  if (state === "waiting") return { label: "waiting", tone: "waiting" };
  const requested = n_workers_requested > 0 ? ` of ${formatNumber(n_workers_requested)}` : "";
  return { label: `running ${formatNumber(workers["RUNNING"] ?? 0)}${requested}`, tone: "running" };
}
