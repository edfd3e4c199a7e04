import type { ByPhase, Phase } from "../api/apiTypes.ts";
import { inOrder, PHASE_LABELS } from "./phaseLabels.ts";
import { Stack } from "./StackedBar.tsx";
import { number } from "./format.ts";

/** Where one taskforce stands. */
export function PhaseBadge({ phase }: { phase: Phase }) {
  return (
    <span class="badge" title={phase}>
      <Swatch look={phase} />
      {PHASE_LABELS[phase]}
    </span>
  );
}

/** A piece of a bar, beside the words for it. */
export function Swatch({ look }: { look: string }) {
  return (
    <svg class="swatch" width="12" height="12" aria-hidden="true">
      <rect class={`part fill-${look}`} width="12" height="12" rx="3" />
      <rect class={`pattern pattern-${look}`} width="12" height="12" rx="3" />
    </svg>
  );
}

/** Taskforces by phase: a bar, and the same in words. */
export function PhaseBar({ phases, words = true }: { phases: ByPhase; words?: boolean }) {
  const present = inOrder(phases);
  return (
    <div class="phase-bar">
      <Stack parts={present.map(({ phase, n }) => ({ look: phase, n }))} />
      <ul class={words ? "legend" : "visually-hidden"}>
        {present.map(({ phase, n }) => (
          <li key={phase}>
            {words && <Swatch look={phase} />}
            <b>{number(n)}</b> {PHASE_LABELS[phase]}
          </li>
        ))}
      </ul>
    </div>
  );
}
