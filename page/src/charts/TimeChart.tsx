import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatNumber } from "../../../client/src/format.js";
import { Swatch } from "../parts/Bars.tsx";
import { formatDateTime } from "../parts/format.ts";
import type { ChartData, Series } from "./historySeries.ts";
import { countTicks, timeTicks } from "./scales.ts";

/** Pixels. */
const HEIGHT = 150;
const MARGIN = { top: 8, right: 6, bottom: 20, left: 44 };
const PLOT_HEIGHT = HEIGHT - MARGIN.top - MARGIN.bottom;
const PIXELS_PER_TICK = 80;
const FIRST_WIDTH = 320;

interface TimeChartProps {
  title: string;
  data: ChartData;
  /** Whether the series are parts of a whole, one above the other. Otherwise they are lines. */
  isStacked?: boolean;
}

/** A chart of steps over time, as wide as its container. The legend has the last values. */
export function TimeChart({ title, data, isStacked = false }: TimeChartProps) {
  const { series, times, until } = data;
  const figure = useRef<HTMLElement>(null);
  const width = useWidth(figure);
  const sums = times.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0));
  const max = round(Math.max(0, ...(isStacked ? sums : series.flatMap(({ values }) => values))));
  const yTicks = countTicks(max);
  const yEnd = yTicks.at(-1)?.at ?? 1;
  const from = times[0] ?? until;
  const plotWidth = Math.max(1, width - MARGIN.left - MARGIN.right);
  const x = (seconds: number) => MARGIN.left + (plotWidth * (seconds - from)) / Math.max(1, until - from);
  const y = (value: number) => MARGIN.top + PLOT_HEIGHT * (1 - value / yEnd);
  const xs = [...times, until].map(x);
  const scale = { xs, y };
  return (
    <figure class="chart" ref={figure}>
      <figcaption>{title}</figcaption>
      <svg class="axis" width="100%" height={HEIGHT} role="img" aria-label={describeChart(title, data, max)}>
        {yTicks.map(({ at, label }) => (
          <g key={at}>
            <path class="chart-line" d={`M${MARGIN.left} ${round(y(at))}H${round(MARGIN.left + plotWidth)}`} />
            <text x={MARGIN.left - 6} y={y(at) + 4} text-anchor="end">
              {label}
            </text>
          </g>
        ))}
        {isStacked ? <StackedSteps series={series} {...scale} /> : <Lines series={series} {...scale} />}
        {timeTicks(from, until, Math.max(2, Math.floor(plotWidth / PIXELS_PER_TICK))).map(({ at, label }) => (
          <g key={at}>
            <path class="chart-line" d={`M${round(x(at))} ${MARGIN.top + PLOT_HEIGHT}v4`} />
            <text x={x(at)} y={HEIGHT - 3} text-anchor={textAnchor((x(at) - MARGIN.left) / plotWidth)}>
              {label}
            </text>
          </g>
        ))}
      </svg>
      <ul class="legend">
        {series.map(({ name, fill, values }) => (
          <li key={name}>
            <Swatch fill={fill} />
            <b>{formatValue(values.at(-1) ?? 0)}</b> {name}
          </li>
        ))}
      </ul>
    </figure>
  );
}

const textAnchor = (share: number): "start" | "middle" | "end" =>
  share < 0.05 ? "start" : share > 0.95 ? "end" : "middle";

/** The width of an element in pixels. */
function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(FIRST_WIDTH);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    setWidth(current.clientWidth);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

interface Scale {
  series: readonly Series[];
  /** Pixels of each time, and of the end. */
  xs: readonly number[];
  y: (value: number) => number;
}

/** Each series covers those above it, down to the axis. */
function StackedSteps({ series, xs, y }: Scale) {
  const tops: { fill: string; path: string }[] = [];
  const sums = xs.slice(0, -1).map(() => 0);
  for (const { fill, values } of series) {
    for (const [index, value] of values.entries()) sums[index] = (sums[index] ?? 0) + value;
    tops.unshift({ fill, path: `M${round(xs[0] ?? 0)} ${round(y(0))}${stepsOf(sums, xs, y)}V${round(y(0))}Z` });
  }
  return (
    <>
      {tops.map(({ fill, path }) => (
        <g key={fill}>
          <path fill={`var(--${fill}, var(--rest))`} d={path} />
          <path class={`pattern pattern-${fill}`} d={path} />
        </g>
      ))}
    </>
  );
}

const Lines = ({ series, xs, y }: Scale) => (
  <>
    {series.map(({ fill, values }, n) => (
      <path
        key={fill}
        class="chart-rate"
        stroke={`var(--${fill}, var(--rest))`}
        stroke-dasharray={n === 0 ? undefined : "5 3"}
        d={`M${round(xs[0] ?? 0)} ${round(y(values[0] ?? 0))}${stepsOf(values, xs, y)}`}
      />
    ))}
  </>
);

/** Continues a path along the values. */
const stepsOf = (values: readonly number[], xs: readonly number[], y: Scale["y"]): string =>
  values.map((value, index) => `V${round(y(value))}H${round(xs[index + 1] ?? 0)}`).join("");

/** To one decimal place. */
const round = (value: number): number => Math.round(10 * value) / 10;

const formatValue = (value: number): string => formatNumber(round(value));

/** The chart in one sentence, for screen readers. */
function describeChart(title: string, { series, times, until }: ChartData, max: number): string {
  const last = series.map(({ name, values }) => `${formatValue(values.at(-1) ?? 0)} ${name}`).join(", ");
  const [from, to] = [times[0] ?? until, until].map(formatDateTime);
  return `${title} from ${from} to ${to}. At the end: ${last || "none"}. Maximum: ${formatValue(max)}.`;
}
