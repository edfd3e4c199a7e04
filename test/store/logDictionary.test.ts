import { expect, test } from "vitest";
import { CONTEXTS, PHASES, SOURCES } from "../../src/domain/phases.js";
import { fromStored, toStored, WORDS } from "../../src/store/logDictionary.js";

test("every text that the service coins for a log is stored as a number", () => {
  for (const text of [...PHASES, ...Object.values(SOURCES), ...Object.values(CONTEXTS)]) {
    const stored = toStored(text);
    expect(stored, text).toBeTypeOf("number");
    expect(fromStored(stored)).toBe(text);
  }
});

test("a text has one number, and a number keeps its text", () => {
  expect(new Set(WORDS).size).toBe(WORDS.length);
  // They lie in stored data: a change here means that old logs say something else.
  expect(WORDS.slice(0, 26)).toEqual([
    ...PHASES,
    ...["USER", "TMS", "User", "Workflow MQ Activator", "Taskforce Launch Control", "Operator"],
    CONTEXTS.created,
    CONTEXTS.added,
    CONTEXTS.queuesActive,
    CONTEXTS.ready,
    CONTEXTS.submitted,
    CONTEXTS.submittedTooLate,
    CONTEXTS.aborted,
    CONTEXTS.abortedTooLate,
    CONTEXTS.finished,
    CONTEXTS.finishedTooLate,
    CONTEXTS.removed,
    CONTEXTS.removedTooLate,
    CONTEXTS.completed,
  ]);
});

test("any other text is stored as it is, and a number from a later release is an error", () => {
  expect(fromStored(toStored("condor_submit said: no"))).toBe("condor_submit said: no");
  expect(() => fromStored(9999)).toThrow(/word 9999/);
});
