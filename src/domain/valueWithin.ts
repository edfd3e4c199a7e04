import { setTimeout as delay } from "node:timers/promises";

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
