import { performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** How often the process looks whether it is idle. */
const CHECK_INTERVAL_MS = 10_000;
/** A process is idle when its event loop was active for less than this part of the interval. */
const IDLE_UTILIZATION = 0.05;
/** Growth of the heap since the last collection that makes another one worthwhile. */
const MIN_GROWTH_BYTES = 16 * 1024 * 1024;

/**
 * Collects garbage while the process is idle. V8 collects when a process allocates, so after a load an idle process keeps
 * two to three times the memory that it needs.
 *
 * @param collect collects all garbage: the function `gc` of `node --expose-gc`
 * @returns a function that ends it
 */
export function startIdleCollection(collect: () => unknown, intervalMs = CHECK_INTERVAL_MS): () => void {
  let last = performance.eventLoopUtilization();
  // None yet: the first collection frees what the start left.
  let smallestBytes = 0;
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    const heapBytes = getHeapStatistics().total_heap_size;
    // V8 returns some pages later.
    smallestBytes = Math.min(smallestBytes, heapBytes);
    if (utilization > IDLE_UTILIZATION || heapBytes - smallestBytes < MIN_GROWTH_BYTES) return;
    collect();
    // V8 returns the pages that the first collection emptied during the second one.
    collect();
    smallestBytes = getHeapStatistics().total_heap_size;
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
