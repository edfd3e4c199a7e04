import type { Readiness } from "../api/routes/operationRoutes.js";
import { type Layout, layoutProblem, readLayout } from "../store/layout.js";
import type { Store } from "../store/store.js";

/** What Redis says when it is there, but takes no writes now. */
const REFUSAL = /^(READONLY|OOM|MISCONF|NOREPLICAS|LOADING|MASTERDOWN|CLUSTERDOWN|BUSY)\b/;

/**
 * Looks whether requests can be served: Redis answers and takes writes, its data is laid out as this release knows it, and
 * the process is not about to end. However many ask at a time, Redis is asked once.
 *
 * @param draining whether the process takes no more work
 */
export function watchReadiness(
  { redis, partitions }: Pick<Store, "redis" | "partitions">,
  draining: () => boolean,
): () => Promise<Readiness> {
  let looking: Promise<Readiness> | undefined;
  const look = async (): Promise<Readiness> => {
    const began = performance.now();
    let layout: Layout;
    try {
      layout = await readLayout(redis, partitions);
    } catch (error) {
      const [refusal] = REFUSAL.exec((error as Error).message) ?? [];
      const reason = refusal === undefined ? "Redis does not answer" : `Redis takes no writes (${refusal})`;
      return { ready: false, reason };
    }
    const seconds = (performance.now() - began) / 1000;
    const reason = layoutProblem(layout, partitions);
    if (reason !== undefined) return { ready: false, reason };
    const checks = { redis: { status: "ok", seconds }, layout: { status: "ok", ...layout }, draining: false };
    return { ready: true, checks } as const;
  };
  return async () => {
    if (draining()) return { ready: false, reason: "the service is draining" };
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
}
