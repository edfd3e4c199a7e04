import { setImmediate } from "node:timers/promises";

/** Work of this length may block the event loop. A small request waits for several such slices. */
const TIME_SLICE_MS = 4;

/**
 * Makes a function to be awaited between the steps of long work. It yields to the event loop when a time slice is used up.
 *
 * @example
 * const yieldIfDue = createYielder();
 * for (const step of steps) {
 *   await yieldIfDue();
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
