import { afterEach, expect, test, vi } from "vitest";
import { correctClock, epochMs, nextEpochSeconds } from "../../src/domain/clock.js";

/** A clock that shows another time than this process, read within a round trip. */
const sampleOf = (aheadMs: number, roundTripMs = 2) => {
  const answeredMs = performance.now();
  return { shownMs: epochMs() + aheadMs - roundTripMs / 2, askedMs: answeredMs - roundTripMs, answeredMs };
};

// The clock is that of the whole test process.
afterEach(() => {
  correctClock({ shownMs: Date.now(), askedMs: performance.now(), answeredMs: performance.now() });
});

test("the clock never returns the same time twice", () => {
  const times = Array.from({ length: 5000 }, nextEpochSeconds);
  expect(new Set(times).size).toBe(times.length);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("the clock does not follow the date of the machine", () => {
  const beforeMs = epochMs();
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + 86_400_000);
  const afterMs = epochMs();
  vi.useRealTimers();
  expect(afterMs - beforeMs).toBeLessThan(60_000);
});

test.each([86_400_000, -86_400_000, 700])("the clock follows another one that is %d ms ahead", (aheadMs) => {
  const beforeMs = epochMs();
  expect(correctClock(sampleOf(aheadMs))).toBeCloseTo(aheadMs, -1);
  expect(Math.abs(epochMs() - beforeMs - aheadMs)).toBeLessThan(500);
  expect(Math.abs(nextEpochSeconds() - epochMs() / 1000)).toBeLessThan(1.1);
});

test("a difference that the round trip may explain is no correction", () => {
  expect(correctClock(sampleOf(40, 100))).toBe(0);
  expect(correctClock(sampleOf(60, 100))).toBeCloseTo(60, -1);
});
