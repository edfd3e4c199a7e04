import { setTimeout as delay } from "node:timers/promises";

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
const TIME_SLICE_MS = 1;
/** The first slice while other jobs wait: many jobs may start in one turn of the event loop. */
const CROWDED_FIRST_SLICE_MS = 0.5;

/** The jobs that wait for their next slice, oldest first. One of them continues in each turn of the event loop. */
const waitingJobs: (() => void)[] = [];

function resumeNextJob(): void {
  const resume = waitingJobs.shift();
  // Before the job runs: setImmediate from here means the next turn.
  if (waitingJobs.length > 0) setImmediate(resumeNextJob);
  resume?.();
}

/**
 * Makes a function to be awaited between the steps of long work. It yields to the event loop when a time slice is used up.
 *
 * All long jobs of the process share one queue: between two turns of the event loop, only one of them runs a slice. If each
 * job yielded on its own, ten jobs would block every other request for ten slices.
 */
export function createYielder(): () => Promise<void> | undefined {
  let startedAtMs = performance.now();
  let isFirstSlice = true;
  return () => {
    const sliceMs = isFirstSlice && waitingJobs.length > 0 ? CROWDED_FIRST_SLICE_MS : TIME_SLICE_MS;
    if (performance.now() - startedAtMs < sliceMs) return undefined;
    isFirstSlice = false;
    return new Promise((resolve) => {
      if (waitingJobs.length === 0) setImmediate(resumeNextJob);
      waitingJobs.push(() => {
        startedAtMs = performance.now();
        resolve();
      });
    });
  };
}
