/**
 * The time of the service: the monotonic clock of the process, corrected by the time of Redis. So all processes agree, and
 * a date of this machine that jumps changes nothing. Durations within a process are measured by `performance.now()`.
 */

/** Epoch milliseconds minus those of `performance.now()`. Until the first measurement, the date of the machine counts. */
let offsetMs = Date.now() - performance.now();

/** Epoch milliseconds. */
export const epochMs = (): number => performance.now() + offsetMs;

/**
 * Seconds by which the clock of this machine is ahead of the time of the service, which is that of Redis. As exact as the
 * last measurement: a few milliseconds.
 */
export const machineClockAheadSeconds = (): number => (Date.now() - epochMs()) / 1000;

/** A measurement of another clock, in milliseconds. */
export interface ClockSample {
  /** What the other clock showed, in epoch milliseconds. */
  readonly shownMs: number;
  /** When the question was sent and the answer came, by `performance.now()`. */
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** Corrects the clock, if it differs by more than the measurement may be wrong. @returns the correction in milliseconds */
export function correctClock({ shownMs, askedMs, answeredMs }: ClockSample): number {
  const measuredMs = shownMs - (askedMs + answeredMs) / 2;
  const correctionMs = measuredMs - offsetMs;
  if (Math.abs(correctionMs) <= (answeredMs - askedMs) / 2) return 0;
  offsetMs = measuredMs;
  return correctionMs;
}

let lastSeconds = 0;
/** A correction back by more than this is followed: timestamps would otherwise stay ahead of the true time. */
const MAX_SECONDS_AHEAD = 1;

/**
 * Returns the time in epoch seconds, strictly increasing within a process: entities are ordered by creation time, and those
 * of one request must keep its order. (A double holds present epoch seconds to a quarter of a microsecond.)
 */
export function nextEpochSeconds(): number {
  const nowSeconds = epochMs() / 1000;
  const isAhead = lastSeconds - nowSeconds > MAX_SECONDS_AHEAD;
  lastSeconds = isAhead ? nowSeconds : Math.max(nowSeconds, Math.round((lastSeconds + 1e-6) * 1e6) / 1e6);
  return lastSeconds;
}
