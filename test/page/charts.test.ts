import { describe, expect, it } from "vitest";
import type { WorkflowHistory } from "../../page/src/api/apiTypes.js";
import { liveWorkerSeries, phaseSeries, rateSeries, workerSeries } from "../../page/src/charts/historySeries.js";
import { countTicks, timeTicks } from "../../page/src/charts/scales.js";

const NO_WORKERS = { working: 0, starting: 0, idle: 0, done: 0, failed: 0, held: 0, removed: 0, other: 0 };
type Sample = WorkflowHistory["samples"][number];

const sample = (timestamp: number, changes: Partial<Sample> = {}): Sample => ({
  timestamp,
  workers: NO_WORKERS,
  taskforces_by_phase: {},
  n_completed: 0,
  n_errors: 0,
  ...changes,
});

/** Seconds of a local time. */
const local = (day: number, hour: number, minute = 0): number => new Date(2026, 10, day, hour, minute).getTime() / 1000;

describe("ticks", () => {
  it.each([
    ["a quarter of an hour", local(24, 17, 1), local(24, 17, 16), [/^17:05$/, /^17:10$/, /^17:15$/]],
    ["two days", local(24, 20), local(26, 20), [/^25 Nov$/, /^12:00$/, /^26 Nov$/, /^12:00$/]],
    ["three weeks", local(2, 12), local(23, 12), Array(4).fill(/^\d+ Nov$/)],
    ["an instant", local(24, 17, 1), local(24, 17, 1), [/^17:01$/]],
  ])("of %s are at round local times", (_, from, to, labels) => {
    const ticks = timeTicks(from, to, 4);
    expect(ticks.map(({ label }) => label)).toEqual(labels.map((label) => expect.stringMatching(label)));
    for (const { at } of ticks) expect(at >= from && at <= to).toBe(true);
  });

  it.each([
    [0, ["0", "1"]],
    [3, ["0", "2", "4"]],
    [5, ["0", "5"]],
    [37, ["0", "20", "40"]],
    [1_000_001, ["0", "1M", "2M"]],
  ])("of counts up to %i end above it", (max, labels) => {
    expect(countTicks(max).map(({ label }) => label)).toEqual(labels);
    expect(countTicks(max).at(-1)?.at).toBeGreaterThanOrEqual(max);
  });
});

it("series leave out what never occurred, in the order of the bars", () => {
  const samples = [
    sample(0, { workers: { ...NO_WORKERS, idle: 3 }, taskforces_by_phase: { "pending-starter": 2 } }),
    sample(60, { workers: { ...NO_WORKERS, working: 3 }, taskforces_by_phase: { "condor-submit": 2 } }),
  ];
  expect(workerSeries(samples)).toEqual([
    { name: "working", fill: "working", values: [0, 3] },
    { name: "idle", fill: "idle", values: [3, 0] },
  ]);
  expect(
    liveWorkerSeries([sample(0, { workers: { ...NO_WORKERS, held: 1, done: 9, failed: 1, removed: 2 } })]),
  ).toEqual([{ name: "held", fill: "held", values: [1] }]);
  expect(phaseSeries(samples)).toEqual([
    { name: "waiting to start", fill: "pending-starter", values: [2, 0] },
    { name: "submitted", fill: "condor-submit", values: [0, 2] },
  ]);
});

describe("rates", () => {
  it("count what was added in equal periods, per minute", () => {
    const samples = [
      sample(0, { n_completed: 7 }),
      sample(30, { n_completed: 9 }),
      // Half of the four fell into each of the first two periods.
      sample(90, { n_completed: 13, n_errors: 1 }),
      // A decrease is no rate. The errors are those of the last minute of the gap.
      sample(240, { n_completed: 1, n_errors: 3 }),
    ];
    const { times, series } = rateSeries({ samples, interval: 30 }, 240);
    expect(times).toEqual([0, 60, 120, 180]);
    expect(series.map(({ values }) => values)).toEqual([
      [4, 2, 0, 0],
      [0.5, 0.5, 0, 2],
    ]);
  });

  it("are even while the counts grow evenly, whatever the periods", () => {
    const samples = Array.from({ length: 261 }, (_, n) => sample(31 * n, { n_completed: 5 * n }));
    const { series } = rateSeries({ samples, interval: 30 }, 31 * 260);
    for (const perMinute of series[0]?.values ?? []) expect(perMinute).toBeCloseTo(300 / 31);
  });

  it("have at most 120 periods, also over weeks, and one for an instant", () => {
    const weeks = rateSeries({ samples: [sample(0), sample(600, { n_completed: 100 })], interval: 30 }, 1_209_600);
    expect(weeks.times).toHaveLength(120);
    const total = (weeks.series[0]?.values ?? []).reduce((sum, perMinute) => sum + (perMinute * 10_080) / 60, 0);
    expect(total).toBeCloseTo(100);
    expect(rateSeries({ samples: [sample(5)], interval: 30 }, 6).times).toEqual([5]);
  });
});
