import { expect, test } from "vitest";
import type { Taskforce } from "../../page/src/api/apiTypes.ts";
import { measurePhaseStays } from "../../page/src/timeline/phaseStays.ts";

type Entry = [phase: Taskforce["phase"], timestamp: number, wasSuccessful?: boolean];

const taskforce = (phase: Taskforce["phase"], ...entries: Entry[]): Taskforce =>
  ({
    phase,
    timestamp: entries[0]?.[1] ?? 0,
    phase_change_log: entries.map(([target_phase, timestamp, was_successful = true]) => ({
      target_phase,
      timestamp,
      was_successful,
    })),
  }) as Taskforce;

test("stays are counted from entry to entry, without failures and retries", () => {
  const stays = measurePhaseStays([
    taskforce(
      "condor-submit",
      ["pending-starter", 10],
      ["condor-submit", 15, false],
      ["pending-starter", 20],
      ["condor-submit", 40],
    ),
    taskforce("condor-submit", ["pending-starter", 10], ["condor-submit", 20]),
    taskforce("pending-starter", ["pending-starter", 30], ["condor-submit", 35, false]),
  ]);
  expect(stays).toEqual({
    "pending-starter": { n: 1, oldest_since: 30, seconds_mean_past: 20 },
    "condor-submit": { n: 2, oldest_since: 20, seconds_mean_past: null },
  });
});

test("clocks that differ make no negative stays", () => {
  const stays = measurePhaseStays([taskforce("condor-submit", ["pending-starter", 10], ["condor-submit", 8])]);
  expect(stays["pending-starter"]).toEqual({ n: 0, oldest_since: null, seconds_mean_past: 0 });
});

test("no taskforces have no stays", () => {
  expect(measurePhaseStays([])).toEqual({});
});
