/** One segment of a bar. */
export interface BarSegment {
  /** Selects colour and pattern: `fill-<look>` and `pattern-<look>` of the style sheet. */
  look: string;
  n: number;
}

/** A bar of segments as wide as its container. It is hidden from screen readers: show the numbers as text, too. */
export function StackedBar({ parts, height = 12 }: { parts: readonly BarSegment[]; height?: number }) {
  const total = parts.reduce((sum, { n }) => sum + n, 0);
  let before = 0;
  return (
    <svg class="stack" width="100%" height={height} aria-hidden="true" data-total={total}>
      <rect class="stack-ground" width="100%" height={height} rx="3" />
      {total > 0 &&
        parts.map(({ look, n }) => {
          const x = (100 * before) / total;
          before += n;
          const at = { x: `${x}%`, width: `${(100 * n) / total}%`, height };
          return (
            <g key={look}>
              <rect class={`part fill-${look}`} {...at} />
              <rect class={`pattern pattern-${look}`} {...at} />
            </g>
          );
        })}
    </svg>
  );
}

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
