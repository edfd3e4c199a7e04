import { PHASE_LABELS } from "../../../client/src/phases.js";
import { WORKER_KINDS, type WorkerKind } from "../../../client/src/workers.js";
import type { Phase, WorkflowHistory } from "../api/apiTypes.ts";

/** Values over time of one kind, with its colour. */
export interface Series {
  name: string;
  /** As for a segment of a bar. */
  fill: string;
  /** One for each time. It lasts until the next one. */
  values: readonly number[];
}

/** Series that begin at the same times. Times are epoch seconds. */
export interface ChartData {
  times: readonly number[];
  /** The end of the last value. */
  until: number;
  series: readonly Series[];
}

type Samples = WorkflowHistory["samples"];

/** Minimum seconds of a period in which events are counted for a rate. */
const MIN_RATE_SECONDS = 60;
/** Maximum number of periods of a chart of rates. */
const MAX_RATE_PERIODS = 120;

/** Kinds of workers that have ended. Their numbers only grow: in a chart the others would be too small to see. */
const ENDED_KINDS: readonly WorkerKind[] = ["done", "failed", "removed"];

/** Workers that have not ended, by kind. Kinds that never occurred are left out. */
export const liveWorkerSeries = (samples: Samples): Series[] =>
  workerSeries(samples).filter(({ name }) => !(ENDED_KINDS as readonly string[]).includes(name));

/** Workers by kind, without kinds that never occurred. */
export const workerSeries = (samples: Samples): Series[] =>
  WORKER_KINDS.map((kind) => ({
    name: kind,
    fill: kind,
    values: samples.map(({ workers }) => workers[kind] ?? 0),
  })).filter(hasValues);

/** Taskforces by phase, without phases that never occurred. */
export const phaseSeries = (samples: Samples): Series[] =>
  (Object.entries(PHASE_LABELS) as [Phase, string][])
    .map(([phase, name]) => ({
      name,
      fill: phase,
      values: samples.map(({ taskforces_by_phase: byPhase }) => byPhase[phase] ?? 0),
    }))
    .filter(hasValues);

const hasValues = ({ values }: Series): boolean => values.some((value) => value > 0);

/**
 * Completed workers and errors a minute, in equal periods.
 *
 * @param until end of the last period, in epoch seconds
 */
export function rateSeries(
  { samples, interval }: Pick<WorkflowHistory, "samples" | "interval">,
  until: number,
): ChartData {
  const from = samples[0]?.timestamp ?? until;
  const resolution = Math.max(MIN_RATE_SECONDS, interval);
  const count = Math.max(1, Math.min(MAX_RATE_PERIODS, Math.floor((until - from) / resolution)));
  const seconds = Math.max(1, until - from) / count;
  const periods = { from, seconds, count };
  const countOf = (field: "n_completed" | "n_errors"): number[] => {
    const rates = Array.from({ length: count }, () => 0);
    for (const [index, sample] of samples.entries()) {
      const before = samples[index - 1];
      // A count may decrease, because each report of the TMS replaces the one before.
      if (before === undefined || sample[field] <= before[field]) continue;
      // There are samples while something changes, so the events of a longer gap happened at its end.
      const since = Math.max(before.timestamp, sample.timestamp - resolution);
      addEvents(rates, periods, { since, at: sample.timestamp, n: sample[field] - before[field] });
    }
    return rates;
  };
  return {
    times: Array.from({ length: count }, (_, n) => from + n * seconds),
    until,
    series: [
      { name: "completed", fill: "done", values: countOf("n_completed") },
      { name: "failed", fill: "failed", values: countOf("n_errors") },
    ],
  };
}

/** Spreads events evenly over their time, and adds them to the rates per minute of the periods. */
function addEvents(
  rates: number[],
  { from, seconds, count }: { from: number; seconds: number; count: number },
  { since, at, n }: { since: number; at: number; n: number },
): void {
  const periodOf = (time: number) => Math.min(count - 1, Math.floor((time - from) / seconds));
  const length = at - since;
  for (let period = periodOf(since); period <= periodOf(at); period++) {
    const begin = Math.max(since, from + period * seconds);
    const end = period === count - 1 ? at : Math.min(at, from + (period + 1) * seconds);
    const share = length === 0 ? 1 : Math.max(0, end - begin) / length;
    rates[period] = (rates[period] ?? 0) + (60 * n * share) / seconds;
  }
}
