import { setImmediate } from "node:timers/promises";

/** Milliseconds of work after which others get their turn. A small request needs several: to be read, to hear from Redis, to be answered. */
const TIME_SLICE = 4;

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
export function pauses(): () => Promise<void> | undefined {
  let began = performance.now();
  return () => {
    if (performance.now() - began < TIME_SLICE) return undefined;
    return setImmediate().then(() => {
      began = performance.now();
    });
  };
}
