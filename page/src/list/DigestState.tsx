import { formatNumber } from "../../../client/src/format.js";
import type { WorkflowDigest } from "../api/apiTypes.ts";

/** Whether the first finding of a workflow needs attention. */
export const needsAttention = ({ finding }: WorkflowDigest): boolean => finding !== null && finding.severity !== "info";

const SYMBOLS = { waiting: "◷", running: "▶", completed: "■", aborted: "✕", finished: "✓" } as const;

/** The number of workers that HTCondor runs. */
export const runningWorkers = ({ workers }: WorkflowDigest): number => workers["RUNNING"] ?? 0;

/** The state of a workflow in words: `running 42 of 50` */
function stateText(row: WorkflowDigest): string {
  const { state, n_workers_requested } = row;
  if (state === "completed") return "completed, not finished";
  if (state !== "running") return state;
  const running = formatNumber(runningWorkers(row));
  return n_workers_requested > 0 ? `running ${running} of ${formatNumber(n_workers_requested)}` : `running ${running}`;
}

/** The state of a workflow as text and symbol. */
export function DigestBadge({ row }: { row: WorkflowDigest }) {
  const [kind, symbol, text] =
    needsAttention(row) && row.deactivated === null
      ? ["attention", "⚠", "needs attention"]
      : [row.state, SYMBOLS[row.state], stateText(row)];
  return (
    <span class={`state is-${kind}`}>
      <span aria-hidden="true">{symbol}</span> {text}
    </span>
  );
}
