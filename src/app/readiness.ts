import type { Readiness } from "../api/routes/operationRoutes.js";
import { findRedisRefusal } from "../domain/redisOutage.js";
import { sharePending } from "../domain/sharePending.js";
import { leadsToReplica } from "../redis/watchConnections.js";
import { explainLayoutMismatch, type Layout, readOrInitializeLayout } from "../store/layout.js";
import type { Store } from "../store/store.js";

/**
 * Makes the readiness check: Redis accepts writes, its data has this release's layout, and the process is not draining.
 * Concurrent checks share one call to Redis.
 */
export function createReadinessCheck(
  { redis, partitions }: Pick<Store, "redis" | "partitions">,
  isDraining: () => boolean,
): () => Promise<Readiness> {
  const check = sharePending(async (): Promise<Readiness> => {
    const startedAtMs = performance.now();
    let layout: Layout;
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
    const checks = { redis: { status: "ok", seconds }, layout: { status: "ok", ...layout }, draining: false };
    return { ready: true, checks } as const;
  });
  return async () => (isDraining() ? { ready: false, reason: "the service is draining" } : check());
}
