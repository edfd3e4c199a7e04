import type { WorkflowDigest } from "./apiTypes.js";
import { formatNumber } from "./format.js";
import { needAttention } from "./phases.js";

/** What the list of workflows says about the state of one. */
export interface DigestState {
  kind: "attention" | WorkflowDigest["state"];
  /** `running 42 of 50` */
  label: string;
  /** Why it needs attention; undefined: it does not. */
  finding?: NonNullable<WorkflowDigest["finding"]>;
}

/** The number of workers that HTCondor runs. */
export const runningWorkers = ({ workers }: Pick<WorkflowDigest, "workers">): number => workers["RUNNING"] ?? 0;

/** The state of a row in the list of workflows, as page and command line show it. */
export function digestState(
  row: Pick<WorkflowDigest, "state" | "finding" | "workers" | "n_workers_requested">,
): DigestState {
  const { state, finding, n_workers_requested } = row;
  if (state === "aborted" || state === "finished") return { kind: state, label: state };
  if (finding !== null && needAttention([finding])) return { kind: "attention", label: "needs attention", finding };
  if (state === "completed") return { kind: state, label: "completed, not finished" };
  if (state === "waiting") return { kind: state, label: state };
  const requested = n_workers_requested > 0 ? ` of ${formatNumber(n_workers_requested)}` : "";
  return { kind: state, label: `running ${formatNumber(runningWorkers(row))}${requested}` };
}
