/** Pixels. */
const WIDTH = 96;
const HEIGHT = 20;
const STROKE = 1.5;

interface SparklineProps {
  /** At equal distances, oldest first. */
  values: readonly number[];
  /** What the line shows, for screen readers. */
  label: string;
}

/** A small line without axes, such as the running workers of a workflow over its life. */
export function Sparkline({ values, label }: SparklineProps) {
  const max = Math.max(1, ...values);
  const points = values.map((value, index) => {
    const x = (WIDTH * index) / Math.max(1, values.length - 1);
    const y = STROKE + (HEIGHT - 2 * STROKE) * (1 - value / max);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg class="sparkline" width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <polyline points={points.join(" ")} stroke-width={STROKE} />
    </svg>
  );
}
