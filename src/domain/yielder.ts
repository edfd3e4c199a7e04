import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which others get their turn. A small request needs several: to be read, to hear from Redis, to be answered. */
const TIME_SLICE_MS = 4;

/**
 * A function to be called, and awaited, between the steps of long work: it lets others run whenever a time slice is used up.
 *
 * @example
 * const pause = pauses();
 * for (const step of steps) {
 *   await pause();
 *   step();
 * }
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
