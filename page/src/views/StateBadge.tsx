import { areAllEnded, workflowStateLabel } from "../../../client/src/phases.js";
import type { ByPhase, Workflow } from "../api/apiTypes.ts";

function workflowStateText(deactivated: Workflow["deactivated"], phases: ByPhase | undefined): string {
  if (deactivated === null && phases !== undefined && areAllEnded(phases)) return "ended";
  const label = workflowStateLabel(deactivated);
  // Taskforces that were never submitted stay in pending-stopper forever: they have nothing to stop.
  return deactivated !== null && phases?.["condor-submit"] ? `${label}, stopping` : label;
}

const STATE_SYMBOLS: Record<string, string> = { running: "▶", ended: "■", aborted: "✕", finished: "✓" };

/** The state of a workflow as text and symbol. @param phases undefined while unknown */
export function StateBadge({ deactivated, phases }: Pick<Workflow, "deactivated"> & { phases: ByPhase | undefined }) {
  const word = workflowStateText(deactivated, phases);
  const [look = ""] = word.split(",");
  return (
    <span class={`state is-${look}`}>
      <span aria-hidden="true">{STATE_SYMBOLS[look]}</span> {word}
    </span>
  );
}
