import { sharePending } from "../domain/sharePending.js";
import { valueWithin } from "../domain/time.js";

/** Limits of a cached read, in milliseconds. */
export interface CachedWithTimeoutOptions {
  /** The age up to which the cached value is returned. */
  maxAgeMs: number;
  /** The longest wait of a caller. A read that hangs goes on, and no second one starts meanwhile. */
  timeoutMs: number;
}

/** Wraps a read that may hang. @returns the value; undefined when the read fails or exceeds the time-out */
export function cachedWithTimeout<T>(
  read: () => Promise<T>,
  { maxAgeMs, timeoutMs }: CachedWithTimeoutOptions,
): () => Promise<T | undefined> {
  let cached: { value: T; at: number } | undefined;
  const readAndCache = sharePending(async () => {
    const value = await read();
    cached = { value, at: performance.now() };
    return value;
  });
  return async () => {
    if (cached !== undefined && performance.now() - cached.at < maxAgeMs) return cached.value;
    return valueWithin(
      timeoutMs,
      readAndCache().catch(() => undefined),
    );
  };
}
