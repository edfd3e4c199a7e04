import { setTimeout as delay, setImmediate } from "node:timers/promises";

let lastSeconds = 0;

/**
 * Returns the time in epoch seconds, strictly increasing within a process: entities are ordered by creation time, and those
 * of one request must keep its order. (A double holds present epoch seconds to a quarter of a microsecond.)
 */
export function nextEpochSeconds(): number {
  lastSeconds = Math.max(Date.now() / 1000, Math.round((lastSeconds + 1e-6) * 1e6) / 1e6);
  return lastSeconds;
}

/** The wait before a retry: `firstMs` after the first failure, and twice as long after each further one. */
export const exponentialBackoffMs = (firstMs: number, failures: number, maxMs: number): number =>
  // 40 doublings exceed every maximum. Without a limit, 0 * Infinity would be NaN.
  Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 40));

/** Waits for a promise's value, at most for a time in milliseconds. @returns the value; undefined after the time-out */
export async function valueWithin<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise, delay(timeoutMs, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

/** Waits for the end of something, at most for a time in milliseconds. @returns whether it ended in time */
export const endsWithin = async (timeoutMs: number, ending: unknown): Promise<boolean> =>
  (await valueWithin(
    timeoutMs,
    Promise.resolve(ending).then(() => true),
  )) === true;

/** Work of this length may block the event loop. A small request waits for several such slices. */
const TIME_SLICE_MS = 4;

/**
 * Makes a function to be awaited between the steps of long work. It yields to the event loop when a time slice is used up.
 */
export function createYielder(): () => Promise<void> | undefined {
  let startedAtMs = performance.now();
  return () => {
    if (performance.now() - startedAtMs < TIME_SLICE_MS) return undefined;
    return setImmediate().then(() => {
      startedAtMs = performance.now();
    });
  };
}
