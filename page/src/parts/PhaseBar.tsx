import type { Phase, PhaseCounts } from "../api/apiTypes.ts";
import { formatNumber } from "./format.ts";
import { orderPhaseCounts, PHASE_LABELS } from "./phaseLabels.ts";
import { StackedBar } from "./StackedBar.tsx";

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
export function PhaseBar({ phases, words = true }: { phases: PhaseCounts; words?: boolean }) {
  const phaseCounts = orderPhaseCounts(phases);
  return (
    <div class="phase-bar">
      <StackedBar parts={phaseCounts.map(({ phase, n }) => ({ look: phase, n }))} />
      <ul class={words ? "legend" : "visually-hidden"}>
        {phaseCounts.map(({ phase, n }) => (
          <li key={phase}>
            {words && <Swatch look={phase} />}
            <b>{formatNumber(n)}</b> {PHASE_LABELS[phase]}
          </li>
        ))}
      </ul>
    </div>
  );
}
