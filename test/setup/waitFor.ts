import { setTimeout as wait } from "node:timers/promises";

/** Milliseconds between two reads in the first second. */
const SHORT_INTERVAL_MS = 20;
/** Milliseconds between two reads after it. A shorter interval would take CPU time from the awaited work. */
const LONG_INTERVAL_MS = 100;
/** Milliseconds after which a wait fails, unless the caller sets another time. */
const TIMEOUT_MS = 20_000;

/**
 * Reads a value until a condition holds for it.
 *
 * @param what the awaited event, for the error message
 * @param timeoutMs milliseconds
 * @returns the value for which the condition holds
 * @throws Error with the last value when the time is up
 */
export async function waitForValue<T, U extends T>(
  what: string,
  read: () => T | Promise<T>,
  holds: (value: T) => value is U,
  timeoutMs?: number,
): Promise<U>;
export async function waitForValue<T>(
  what: string,
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs?: number,
): Promise<T>;
export async function waitForValue<T>(
  what: string,
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  // Not Date.now(): some tests move the date.
  const begunMs = performance.now();
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    const elapsedMs = performance.now() - begunMs;
    if (elapsedMs > timeoutMs) throw new Error(`${what}: still ${JSON.stringify(value)} after ${timeoutMs} ms`);
    await wait(elapsedMs < 1000 ? SHORT_INTERVAL_MS : LONG_INTERVAL_MS);
  }
}

/** Waits until a condition holds. @param timeoutMs milliseconds @throws Error when the time is up */
export const waitUntil = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs?: number,
): Promise<void> => void (await waitForValue<boolean>(what, condition, (holds) => holds, timeoutMs));
