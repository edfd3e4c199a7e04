import { sharePending } from "../domain/sharePending.js";
import { valueWithin } from "../domain/time.js";

/**
 * Wraps a read that may hang. A read that hangs goes on, and no second one starts meanwhile.
 *
 * @param limits `maxAgeMs`: the age up to which the cached value is returned; `timeoutMs`: the longest wait of a caller
 * @returns the value; undefined when the read fails or exceeds the time-out
 */
export function cachedWithTimeout<T>(
  read: () => Promise<T>,
  { maxAgeMs, timeoutMs }: { maxAgeMs: number; timeoutMs: number },
): () => Promise<T | undefined> {
  let cached: { value: T; atMs: number } | undefined;
  const readAndCache = sharePending(async () => {
    const value = await read();
    cached = { value, atMs: performance.now() };
    return value;
  });
  return async () => {
    if (cached !== undefined && performance.now() - cached.atMs < maxAgeMs) return cached.value;
    return valueWithin(
      timeoutMs,
      readAndCache().catch(() => undefined),
    );
  };
}
