import { setTimeout as delay } from "node:timers/promises";

/** How something is read that may be asked for often, and may hang. Milliseconds. */
export interface RecentOptions {
  /** What was read is given again for so long. */
  keep: number;
  /** Nobody waits longer; a read that hangs is not begun a second time meanwhile. */
  patience: number;
}

/** @returns what was read lately; undefined when reading fails, or takes too long */
export function recent<T>(
  read: () => Promise<T>,
  { keep, patience }: RecentOptions,
): () => Promise<T | undefined> {
  let last: { value: T; at: number } | undefined;
  let reading: Promise<T | undefined> | undefined;
  const begin = async (): Promise<T | undefined> => {
    try {
      const value = await read();
      last = { value, at: performance.now() };
      return value;
    } catch {
      return undefined;
    } finally {
      reading = undefined;
    }
  };
  return async () => {
    if (last !== undefined && performance.now() - last.at < keep) return last.value;
    reading ??= begin();
    const enough = new AbortController();
    const value = await Promise.race([reading, delay(patience, undefined, { signal: enough.signal })]);
    enough.abort();
    return value;
  };
}
