import type { Deactivation, PhaseCounts } from "../api/apiTypes.ts";
import { areAllEnded, orderPhaseCounts } from "../parts/phaseLabels.ts";

/** How a workflow stands, as a word and a shape. */
export function workflowStateText(deactivated: Deactivation | null, phases: PhaseCounts | undefined): string {
  const ended = phases !== undefined && areAllEnded(phases);
  if (deactivated === null) return ended ? "ended" : "running";
  const word = deactivated === "ABORTED" ? "aborted" : "finished";
  // What was never submitted waits to be stopped for ever: there is nothing to stop.
  const stopping = orderPhaseCounts(phases ?? {}).some(({ phase }) => phase === "condor-submit");
  return stopping ? `${word}, stopping` : word;
}

const STATE_SYMBOLS: Record<string, string> = { running: "▶", ended: "■", aborted: "✕", finished: "✓" };

/** @param phases undefined while they are not known */
export function StateBadge({
  deactivated,
  phases,
}: {
  deactivated: Deactivation | null;
  phases: PhaseCounts | undefined;
}) {
  const word = workflowStateText(deactivated, phases);
  const [look = ""] = word.split(",");
  return (
    <span class={`state is-${look}`}>
      <span aria-hidden="true">{STATE_SYMBOLS[look]}</span> {word}
    </span>
  );
}
