import { needAttention, workflowStateLabel } from "../../../client/src/phases.js";
import type { ByPhase, Finding, Workflow } from "../api/apiTypes.ts";

const STATE_SYMBOLS = { running: "▶", completed: "■", aborted: "✕", finished: "✓" } as const;

interface StateBadgeProps extends Pick<Workflow, "deactivated"> {
  /** Both undefined while unknown. */
  phases: ByPhase | undefined;
  findings: readonly Finding[] | undefined;
}

/** The state of a workflow as text and symbol. */
export function StateBadge({ deactivated, phases, findings = [] }: StateBadgeProps) {
  const label = workflowStateLabel(deactivated, findings);
  if (needAttention(findings))
    return (
      <span class="state is-attention">
        <span aria-hidden="true">⚠</span> {deactivated === null ? "needs attention" : `${label}, needs attention`}
      </span>
    );
  // Taskforces that never started stay in pending-stopper: they have nothing to stop.
  const isStopping = deactivated !== null && phases?.["condor-submit"] !== undefined;
  return (
    <span class={`state is-${label}`}>
      <span aria-hidden="true">{STATE_SYMBOLS[label]}</span> {isStopping ? `${label}, stopping` : label}
    </span>
  );
}
