import type { Readiness, WorkersCheck } from "../api/routes/operationRoutes.js";
import { findRedisRefusal } from "../domain/redisOutage.js";
import { sharePending } from "../domain/sharePending.js";
import { leadsToReplica } from "../redis/watchConnections.js";
import { explainLayoutMismatch, type Layout, readOrInitializeLayout } from "../store/layout.js";
import type { ProcessRegistry } from "../store/processRegistry.js";
import type { Store } from "../store/store.js";

/**
 * Makes the readiness check: Redis accepts writes, its data has this release's layout, and the process is not draining.
 * Concurrent checks share one call to Redis. The number of workers is for information: without any, the process is ready.
 */
export function createReadinessCheck(
  { redis, partitions, processes }: Pick<Store, "redis" | "partitions" | "processes">,
  isDraining: () => boolean,
): () => Promise<Readiness> {
  const check = sharePending(async (): Promise<Readiness> => {
    const startedAtMs = performance.now();
    let layout: Layout;
    // Both are sent at once.
    const workers = countWorkers(processes);
    try {
      layout = await readOrInitializeLayout(redis, partitions);
    } catch (error) {
      const refusal = leadsToReplica(redis) ? "READONLY" : findRedisRefusal(error);
      const reason = refusal === undefined ? "Redis does not answer" : `Redis takes no writes (${refusal})`;
      return { ready: false, reason };
    }
    const seconds = (performance.now() - startedAtMs) / 1000;
    const reason = explainLayoutMismatch(layout, partitions);
    if (reason !== undefined) return { ready: false, reason };
    const layoutCheck = { status: "ok", ...layout };
    const checks = { redis: { status: "ok", seconds }, layout: layoutCheck, workers: await workers, draining: false };
    return { ready: true, checks } as const;
  });
  return async () => (isDraining() ? { ready: false, reason: "the service is draining" } : check());
}

/** Counts the live processes with workers. Its failure leaves the process ready. */
async function countWorkers(processes: ProcessRegistry): Promise<WorkersCheck> {
  try {
    const count = await processes.countWorkers();
    return { status: count > 0 ? "ok" : "none", count };
  } catch {
    return { status: "unknown", count: null };
  }
}
