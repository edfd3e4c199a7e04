import { formatNumber } from "../../../client/src/format.js";
import { orderByPhase, PHASE_LABELS } from "../../../client/src/phases.js";
import type { ByPhase, Phase } from "../api/apiTypes.ts";
import { StackedBar } from "./StackedBar.tsx";

/** The phase of one taskforce. */
export function PhaseBadge({ phase }: { phase: Phase }) {
  return (
    <span class="badge" title={phase}>
      <Swatch look={phase} />
      {PHASE_LABELS[phase]}
    </span>
  );
}

/** The colour and pattern of a bar's segment, for its legend. */
export function Swatch({ look }: { look: string }) {
  return (
    <svg class="swatch" width="12" height="12" aria-hidden="true">
      <rect class={`part fill-${look}`} width="12" height="12" rx="3" />
      <rect class={`pattern pattern-${look}`} width="12" height="12" rx="3" />
    </svg>
  );
}

/** Numbers of taskforces by phase: only the bar. */
export const PhaseSegments = ({ phases }: { phases: ByPhase }) => (
  <StackedBar parts={orderByPhase(phases).map(({ phase, value }) => ({ look: phase, n: value }))} />
);

/** Numbers of taskforces by phase: a bar and its legend. */
export function PhaseBar({ phases }: { phases: ByPhase }) {
  return (
    <div class="phase-bar">
      <PhaseSegments phases={phases} />
      <ul class="legend">
        {orderByPhase(phases).map(({ phase, label, value }) => (
          <li key={phase}>
            <Swatch look={phase} />
            <b>{formatNumber(value)}</b> {label}
          </li>
        ))}
      </ul>
    </div>
  );
}
