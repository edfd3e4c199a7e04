import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countWorkersByKind as countInClient } from "../../client/src/workers.js";
import {
  addSample,
  EMPTY_HISTORY,
  HISTORY_FIELDS,
  type History,
  type HistorySample,
  MAX_HISTORY_SAMPLES,
  MAX_HISTORY_VALUE,
  runningOverTime,
  toHistoryResponse,
  toHistorySample,
} from "../../src/domain/history.js";
import { decodeHistory, encodeHistory, MAX_HISTORY_CHARS } from "../../src/domain/historyText.js";
import type { WorkflowSummary } from "../../src/domain/summary.js";
import { countWorkersByKind } from "../../src/domain/workerKinds.js";
import { propertyRuns } from "../setup/propertyRuns.js";

const START = 1_700_000_000;

/** A sample whose first field has a value. */
const sample = (seconds: number, value: number): HistorySample => ({
  timestamp: START + seconds,
  values: HISTORY_FIELDS.map((_, index) => (index === 0 ? value : 0)),
});

/** Adds samples as the service does: each is stored before the next one. */
const store = (samples: readonly HistorySample[], before = EMPTY_HISTORY): History =>
  samples.reduce((history, added) => {
    const grown = addSample(history, added);
    return grown === undefined ? history : (decodeHistory(encodeHistory(grown)) as History);
  }, before);

const timesOf = ({ samples }: History) => samples.map(({ timestamp }) => timestamp - START);

describe("a history", () => {
  it("keeps the newest state, and those before it at least 30 s apart", () => {
    const everySecond = Array.from({ length: 100 }, (_, n) => sample(n, n + 1));
    expect(timesOf(store(everySecond))).toEqual([0, 30, 60, 90, 99]);
  });

  it("keeps a state that lasted, although it began soon after another one", () => {
    expect(timesOf(store([sample(0, 1), sample(5, 2), sample(10_000, 3)]))).toEqual([0, 5, 10_000]);
  });

  it("does not grow while nothing changes", () => {
    const history = store([sample(0, 1)]);
    expect(addSample(history, sample(3600, 1))).toBeUndefined();
  });

  it("is never out of order, whatever the clock of another process", () => {
    expect(timesOf(store([sample(0, 1), sample(60, 2), sample(20, 3)]))).toEqual([0, 60, 60]);
  });

  it("is thinned to twice the interval above 400 samples, and keeps its first and last one", () => {
    const full = store(Array.from({ length: MAX_HISTORY_SAMPLES }, (_, n) => sample(30 * n, n + 1)));
    expect([full.samples.length, full.intervalSeconds]).toEqual([MAX_HISTORY_SAMPLES, 30]);
    const thinned = store([sample(30 * MAX_HISTORY_SAMPLES, 401)], full);
    expect(thinned.intervalSeconds).toBe(60);
    expect(timesOf(thinned)).toEqual(Array.from({ length: 201 }, (_, n) => 60 * n));
  });

  it("has the typical 400 samples of a large workflow in 6 KiB, without thinning", () => {
    const typical = Array.from({ length: MAX_HISTORY_SAMPLES }, (_, n) => {
      const byField: Partial<Record<string, number>> = {
        working: 9000 + ((n * 37) % 101),
        starting: 300 + ((n * 17) % 15),
        done: 140 * n,
        errors: Math.floor(n / 3),
        "condor-submit": 500,
      };
      return { timestamp: START + 31 * n, values: HISTORY_FIELDS.map((field) => byField[field] ?? 0) };
    });
    const history = store(typical);
    expect(history.samples).toEqual(typical);
    expect(encodeHistory(history).length).toBeLessThanOrEqual(MAX_HISTORY_CHARS);
  });
});

const arbitraryValue = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: MAX_HISTORY_VALUE }));
const arbitraryStep = fc.record({
  seconds: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 10_000_000 })),
  values: fc.array(arbitraryValue, { minLength: HISTORY_FIELDS.length, maxLength: HISTORY_FIELDS.length }),
});

it("any history has at most 400 samples and 6 KiB, begins with the first state, and ends with the last one", () => {
  const property = fc.property(
    fc.array(arbitraryStep, { minLength: 1, maxLength: 30 }),
    fc.nat(60),
    (steps, rounds) => {
      let timestamp = START;
      const states = Array.from({ length: 1 + rounds }, () => steps)
        .flat()
        .map(({ seconds, values }) => {
          timestamp += seconds;
          return { timestamp, values };
        });
      const history = store(states);
      expect(history.samples.length).toBeLessThanOrEqual(MAX_HISTORY_SAMPLES);
      expect(encodeHistory(history).length).toBeLessThanOrEqual(6144);
      expect(history.samples[0]).toEqual(states[0]);
      expect(history.samples.at(-1)?.values).toEqual(states.at(-1)?.values);
      const times = timesOf(history);
      expect(times).toEqual([...times].sort((one, other) => one - other));
      // Each sample is a state of its time.
      for (const kept of history.samples) expect(states).toContainEqual(kept);
    },
  );
  fc.assert(property, { numRuns: propertyRuns(200) });
});

it("a text that is not the form of a history is recognized", () => {
  const text = encodeHistory(store([sample(0, 5), sample(40, 70)]));
  expect(decodeHistory(text)?.samples).toHaveLength(2);
  for (const bad of ["", "2", "1", "1A", `${text}!`, text.slice(0, -1), `${text}_`, `1${"e".repeat(7000)}`])
    expect([bad, decodeHistory(bad)]).toEqual([bad, undefined]);
  fc.assert(
    fc.property(fc.string(), (noise) => {
      // Either it is refused, or every number in it is one that a history may have.
      for (const { values } of decodeHistory(`1${noise}`)?.samples ?? [])
        expect(values.every((value) => Number.isFinite(value) && value >= 0 && value <= MAX_HISTORY_VALUE)).toBe(true);
    }),
  );
});

it("service and client count the same kinds of workers", () => {
  const condor = fc.constantFrom("RUNNING", "IDLE", "HELD", "HELD: memory", "COMPLETED", "REMOVED", "UNKNOWN");
  const pilot = fc.constantFrom("Tasking", "null", "FatalError", "Done", "failed");
  const statuses = fc.dictionary(condor, fc.dictionary(pilot, fc.integer({ min: -1, max: 50 })));
  fc.assert(
    fc.property(statuses, (compound) => {
      expect(countWorkersByKind(compound)).toEqual(countInClient(compound));
    }),
  );
});

it("a sample sums up a summary, and the response shows it by name", () => {
  const summary = {
    taskforces_by_phase: { "condor-submit": 2, "pending-starter": 1 },
    compound_statuses: { RUNNING: { Tasking: 6, null: 2 }, COMPLETED: { Done: 9, FatalError: 1 } },
    top_task_errors: { OOM: 3, lost: 2 },
    n_failed_attempts: 4,
    updated: START + 0.7,
  } as Partial<WorkflowSummary> as WorkflowSummary;
  const history = store([toHistorySample(summary)]);
  expect(toHistoryResponse("WF-1", history)).toEqual({
    workflow_id: "WF-1",
    interval: 30,
    samples: [
      {
        timestamp: START,
        workers: { working: 6, starting: 2, idle: 0, done: 9, failed: 1, held: 0, removed: 0, other: 0 },
        taskforces_by_phase: { "pending-starter": 1, "condor-submit": 2 },
        n_completed: 9,
        n_errors: 9,
      },
    ],
  });
  const huge = { ...summary, top_task_errors: { OOM: Number.MAX_SAFE_INTEGER } };
  expect(Math.max(...toHistorySample(huge).values)).toBe(MAX_HISTORY_VALUE);
});

it("the running workers at equal distances, for a small chart", () => {
  const sampleOf = (timestamp: number, working: number, starting: number): HistorySample => ({
    timestamp,
    values: HISTORY_FIELDS.map((field) => (field === "working" ? working : field === "starting" ? starting : 9)),
  });
  const samples = [sampleOf(0, 1, 0), sampleOf(40, 4, 2), sampleOf(100, 0, 0)];
  expect(runningOverTime({ intervalSeconds: 30, samples }, 100, 6)).toEqual([1, 1, 6, 6, 6, 0]);
  expect(runningOverTime({ intervalSeconds: 30, samples: samples.slice(0, 1) }, 0, 3)).toEqual([1, 1, 1]);
  expect(runningOverTime(EMPTY_HISTORY, 100, 2)).toEqual([]);
});
