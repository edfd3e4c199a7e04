import { setTimeout as wait } from "node:timers/promises";
import type { Store } from "../../src/store/store.js";
import { isTransient } from "./invariants/phaseInvariants.js";
import type { SimulatedAccessPoint } from "./simulatedAccessPoint.js";

/** Milliseconds between two reads. */
const POLL_INTERVAL_MS = 300;

/**
 * Waits until no taskforce is in transition and every access point has reported all events. No fault may be active.
 *
 * @param timeoutMs milliseconds; invariants report the taskforces that have not settled by then
 * @returns milliseconds that it took
 */
export async function waitUntilSettled(
  store: Store,
  accessPoints: readonly SimulatedAccessPoint[],
  timeoutMs: number,
): Promise<number> {
  const began = Date.now();
  for (;;) {
    const hasReportedAll = accessPoints.every((each) => each.hasReportedAll);
    if ((hasReportedAll && !(await hasTransientTaskforce(store))) || Date.now() > began + timeoutMs)
      return Date.now() - began;
    await wait(POLL_INTERVAL_MS);
  }
}

async function hasTransientTaskforce(store: Store): Promise<boolean> {
  for (const phase of ["pre-mq-activation", "pre-launch", "pending-starter", "pending-stopper"] as const)
    for (let partition = 0; partition < store.partitions; partition++)
      for await (const uuids of store.indexes.scanPhase(partition, phase))
        for await (const [, record] of store.fetchEach("taskforce", uuids)) {
          const { cluster_id = null, submit_failures = 0 } = record ?? {};
          if (record !== undefined && isTransient({ phase: record.phase, cluster_id }, submit_failures)) return true;
        }
  return false;
}
