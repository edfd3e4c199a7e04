import { setTimeout as delay } from "node:timers/promises";

/** How something is read that may be asked for often, and may hang. Milliseconds. */
export interface CachedWithTimeoutOptions {
  /** What was read is given again for so long. */
  maxAgeMs: number;
  /** Nobody waits longer; a read that hangs is not begun a second time meanwhile. */
  timeoutMs: number;
}

/** @returns what was read lately; undefined when reading fails, or takes too long */
export function cachedWithTimeout<T>(
  read: () => Promise<T>,
  { maxAgeMs, timeoutMs }: CachedWithTimeoutOptions,
): () => Promise<T | undefined> {
  let cached: { value: T; at: number } | undefined;
  let pendingRead: Promise<T | undefined> | undefined;
  const startRead = async (): Promise<T | undefined> => {
    try {
      const value = await read();
      cached = { value, at: performance.now() };
      return value;
    } catch {
      return undefined;
    } finally {
      pendingRead = undefined;
    }
  };
  return async () => {
    if (cached !== undefined && performance.now() - cached.at < maxAgeMs) return cached.value;
    pendingRead ??= startRead();
    const timeoutAbort = new AbortController();
    const value = await Promise.race([pendingRead, delay(timeoutMs, undefined, { signal: timeoutAbort.signal })]);
    timeoutAbort.abort();
    return value;
  };
}
