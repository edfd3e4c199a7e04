import { expect, it } from "vitest";
import type { ScheddWaitReason, WaitReasons, WorkflowSummary } from "../../../src/domain/summary.js";
import { explainWaiting } from "../../../src/views/summary/explainWaiting.js";

const NOW = 1_700_000_000;
/** Each schedd is polled. */
const POLLED = new Map(["a", "b", "c", "d", "e"].map((schedd) => [schedd, NOW - 299]));

/** A summary of six taskforces that are not waiting, except as given. */
const summary = (
  waits: Partial<WaitReasons>,
  phases: WorkflowSummary["taskforces_by_phase"] = {},
): WorkflowSummary => ({
  n_taskforces: 6,
  taskforces_by_phase: phases,
  n_workers_requested: 6,
  compound_statuses: {},
  top_task_errors: {},
  tasks: [],
  phases: {},
  last_change: NOW,
  n_failed_attempts: 0,
  failed_attempts: [],
  waits: { activation: null, starter: [], dead: [], stopper: [], workers: {}, ...waits },
  updated: NOW,
});

const at = (schedd: string, n: number, seconds: number): ScheddWaitReason => ({
  schedd,
  n,
  since: NOW - seconds,
  error: null,
});

it.each([
  [59, "59 s"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h"],
  [47.9 * 3600, "47 h"],
  [48 * 3600, "2 days"],
  // Another machine's clock is ahead.
  [-5, "0 s"],
])("a wait of %d seconds is formatted as %s", (seconds, said) => {
  expect(explainWaiting(summary({ starter: [at("a", 1, seconds)] }), undefined, NOW, POLLED)).toBe(
    `1 of 6 taskforces is waiting for schedd a, for ${said}`,
  );
});

it("the schedds with the longest waits are named, the others are counted", () => {
  const starter = [at("a", 2, 240), at("b", 1, 9), at("c", 1, 8), at("d", 1, 7), at("e", 1, 6)];
  expect(explainWaiting(summary({ starter }), undefined, NOW, POLLED)).toBe(
    "2 of 6 taskforces are waiting for schedd a, longest 4 min; 1 of 6 taskforces is waiting for schedd b, for 9 s; " +
      "1 of 6 taskforces is waiting for schedd c, for 8 s; the same holds for 2 taskforces at 2 other schedds",
  );
});

it("several reasons are in the order of the phases", () => {
  const waits = {
    activation: { n: 1, since: NOW - 60, error: "ERROR: the MQS cannot be reached" },
    starter: [at("a", 1, 5)],
    dead: [{ ...at("b", 2, 90), failures: 3 }],
    workers: { IDLE: 1 },
  };
  expect(explainWaiting(summary(waits, { "pre-launch": 1 }), undefined, NOW, POLLED)).toBe(
    "1 of 6 taskforces is waiting for the MQS to activate the message queues, for 1 min, which failed: the MQS cannot be reached; " +
      "1 of 6 taskforces is waiting to be put into the queue of a schedd; 1 of 6 taskforces is waiting for schedd a, for 5 s; " +
      "2 taskforces were given up at schedd b after 3 failed submissions; an operator can retry them; the only worker is IDLE",
  );
});

it("a deactivated workflow waits only for its end", () => {
  const waits = { starter: [at("a", 2, 5)], stopper: [at("b", 1, 5)] };
  expect(explainWaiting(summary(waits, { "pending-starter": 2 }), "ABORTED", NOW, POLLED)).toBe(
    "the abort has yet to reach 2 of 6 taskforces; 1 HTCondor cluster is waiting to be removed by schedd b, for 5 s",
  );
  expect(explainWaiting(summary({ workers: { IDLE: 5 } }), "FINISHED", NOW, POLLED)).toBe(null);
});

it("long errors are shortened", () => {
  const starter = [{ ...at("a", 1, 5), error: `ERROR: ${"x".repeat(1000)}` }];
  expect(explainWaiting(summary({ starter }), undefined, NOW, POLLED)).toMatch(/: x{197}\.\.\.$/);
});

it("a schedd without polls is mentioned", () => {
  const starter = [at("a", 2, 4000), at("b", 1, 300), at("c", 1, 200)];
  const polls = new Map([
    ["a", NOW - 3600],
    ["b", NOW - 60],
  ]);
  expect(explainWaiting(summary({ starter }), undefined, NOW, polls)).toBe(
    "2 of 6 taskforces are waiting for schedd a, longest 1 h (no TMS has asked for work there for 1 h); " +
      "1 of 6 taskforces is waiting for schedd b, for 5 min; " +
      "1 of 6 taskforces is waiting for schedd c, for 3 min (no TMS has asked for work there yet)",
  );
});
