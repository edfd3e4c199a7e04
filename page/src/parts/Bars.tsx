import { formatNumber } from "../../../client/src/format.js";
import { orderByPhase, PHASE_LABELS } from "../../../client/src/phases.js";
import type { ByPhase, Phase } from "../api/apiTypes.ts";

/** A rectangle with the colour and pattern of a phase or kind of worker. @param size attributes of its position and size */
export const PatternedRect = ({ fill, ...size }: { fill: string } & Record<string, string | number>) => (
  <>
    <rect class={`part fill-${fill}`} fill={`var(--${fill}, var(--rest))`} {...size} />
    <rect class={`pattern pattern-${fill}`} {...size} />
  </>
);

interface StackedBarProps {
  parts: readonly { fill: string; n: number }[];
  height?: number;
  /** The number of the whole bar; default: the sum of its parts. */
  total?: number;
}

/** A bar of segments as wide as its container. It is hidden from screen readers: show the numbers as text, too. */
export function StackedBar({ parts, height = 12, total = sumOf(parts) }: StackedBarProps) {
  let before = 0;
  return (
    <svg class="stack" width="100%" height={height} aria-hidden="true">
      <rect class="stack-ground" width="100%" height={height} rx="3" />
      {total > 0 &&
        parts.map(({ fill, n }) => {
          const x = (100 * before) / total;
          before += n;
          return <PatternedRect key={fill} fill={fill} x={`${x}%`} width={`${(100 * n) / total}%`} height={height} />;
        })}
    </svg>
  );
}

const sumOf = (parts: StackedBarProps["parts"]): number => parts.reduce((sum, { n }) => sum + n, 0);

/** The patterns that distinguish segments without colours; once in the document. */
export function SvgPatterns() {
  return (
    <svg class="defs" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="ink" width="2" height="6" />
        </pattern>
        <pattern id="cross" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect class="ink" width="1.5" height="6" />
          <rect class="ink" width="6" height="1.5" />
        </pattern>
        <pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse">
          <circle class="ink" cx="2.5" cy="2.5" r="1" />
        </pattern>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path class="arrow" d="M0 0.5L7.5 4L0 7.5z" />
        </marker>
      </defs>
    </svg>
  );
}

/** The phase of one taskforce. */
export const PhaseBadge = ({ phase }: { phase: Phase }) => (
  <span class="badge" title={phase}>
    <Swatch fill={phase} />
    {PHASE_LABELS[phase]}
  </span>
);

/** The colour and pattern of a bar's segment, for its legend. */
export const Swatch = ({ fill }: { fill: string }) => (
  <svg class="swatch" width="12" height="12" aria-hidden="true">
    <PatternedRect fill={fill} width="12" height="12" rx="3" />
  </svg>
);

/** Numbers of taskforces by phase: only the bar. */
export const PhaseSegments = ({ phases }: { phases: ByPhase }) => (
  <StackedBar parts={orderByPhase(phases).map(({ phase, value }) => ({ fill: phase, n: value }))} />
);

/** Numbers of taskforces by phase: a bar and its legend. */
export const PhaseBar = ({ phases }: { phases: ByPhase }) => (
  <div class="phase-bar">
    <PhaseSegments phases={phases} />
    <ul class="legend">
      {orderByPhase(phases).map(({ phase, label, value }) => (
        <li key={phase}>
          <Swatch fill={phase} />
          <b>{formatNumber(value)}</b> {label}
        </li>
      ))}
    </ul>
  </div>
);
