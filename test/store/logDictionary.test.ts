import { expect, test } from "vitest";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES, PHASES } from "../../src/domain/phases.js";
import { decodeText, encodeText, LOG_DICTIONARY } from "../../src/store/records.js";

test("every fixed text of the log is stored as a number", () => {
  for (const text of [...PHASES, ...Object.values(PHASE_CHANGE_SOURCES), ...Object.values(PHASE_CHANGE_CONTEXTS)]) {
    const stored = encodeText(text);
    expect(stored, text).toBeTypeOf("number");
    expect(decodeText(stored)).toBe(text);
  }
});

test("each text has one number, and a number never changes its text", () => {
  expect(new Set(LOG_DICTIONARY).size).toBe(LOG_DICTIONARY.length);
  // Stored data holds these numbers: a change here alters the meaning of old logs.
  expect(LOG_DICTIONARY.slice(0, 26)).toEqual([
    ...PHASES,
    ...["USER", "TMS", "User", "Workflow MQ Activator", "Taskforce Launch Control", "Operator"],
    PHASE_CHANGE_CONTEXTS.created,
    PHASE_CHANGE_CONTEXTS.added,
    PHASE_CHANGE_CONTEXTS.queuesActive,
    PHASE_CHANGE_CONTEXTS.ready,
    PHASE_CHANGE_CONTEXTS.submitted,
    PHASE_CHANGE_CONTEXTS.submittedTooLate,
    PHASE_CHANGE_CONTEXTS.aborted,
    PHASE_CHANGE_CONTEXTS.abortedTooLate,
    PHASE_CHANGE_CONTEXTS.finished,
    PHASE_CHANGE_CONTEXTS.finishedTooLate,
    PHASE_CHANGE_CONTEXTS.removed,
    PHASE_CHANGE_CONTEXTS.removedTooLate,
    PHASE_CHANGE_CONTEXTS.completed,
  ]);
});

test("any other text is stored unchanged, and a number of a later release is an error", () => {
  expect(decodeText(encodeText("condor_submit said: no"))).toBe("condor_submit said: no");
  expect(() => decodeText(9999)).toThrow(/word 9999/);
});
