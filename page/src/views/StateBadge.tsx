import type { ByPhase, Deactivation } from "../api/apiTypes.ts";
import { hasEnded, inOrder } from "../parts/phaseLabels.ts";

/** How a workflow stands, as a word and a shape. */
export function wordFor(deactivated: Deactivation | null, phases: ByPhase | undefined): string {
  const ended = phases !== undefined && hasEnded(phases);
  if (deactivated === null) return ended ? "ended" : "running";
  const word = deactivated === "ABORTED" ? "aborted" : "finished";
  // What was never submitted waits to be stopped for ever: there is nothing to stop.
  const stopping = inOrder(phases ?? {}).some(({ phase }) => phase === "condor-submit");
  return stopping ? `${word}, stopping` : word;
}

const SHAPES: Record<string, string> = { running: "▶", ended: "■", aborted: "✕", finished: "✓" };

/** @param phases undefined while they are not known */
export function StateBadge({
  deactivated,
  phases,
}: {
  deactivated: Deactivation | null;
  phases: ByPhase | undefined;
}) {
  const word = wordFor(deactivated, phases);
  const [look = ""] = word.split(",");
  return (
    <span class={`state is-${look}`}>
      <span aria-hidden="true">{SHAPES[look]}</span> {word}
    </span>
  );
}
