let lastSeconds = 0;

/**
 * The time in epoch seconds, never the same twice in a process: entities are ordered by creation time, and those of one
 * request must keep its order. (A double holds present-day epoch seconds to a quarter of a microsecond.)
 */
export function nextEpochSeconds(): number {
  lastSeconds = Math.max(Date.now() / 1000, Math.round((lastSeconds + 1e-6) * 1e6) / 1e6);
  return lastSeconds;
}
