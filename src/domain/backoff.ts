/** Doublings beyond which a wait is at its maximum anyway. Without a limit, the power overflows. */
const MAX_DOUBLINGS = 40;

/**
 * The wait before a retry: it doubles with each failure.
 *
 * @param firstMs after the first failure
 * @param failures so far, from 1 on
 */
export const exponentialBackoffMs = (firstMs: number, failures: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), MAX_DOUBLINGS));
