import { setTimeout as wait } from "node:timers/promises";
import type { Store } from "../../src/store/store.js";
import type { AccessPoint } from "./simulatedAccessPoint.js";
import { isTransient } from "./invariants/phaseInvariants.js";

/** Milliseconds between two looks. */
const LOOK = 300;

/**
 * Waits until every taskforce is at rest and every access point has told all, while the service is healthy.
 *
 * @param patience milliseconds; what is on its way by then is found by the invariants
 * @returns milliseconds that it took
 */
export async function settled(
  store: Store,
  accessPoints: readonly AccessPoint[],
  patience: number,
): Promise<number> {
  const began = Date.now();
  for (;;) {
    const toldAll = accessPoints.every((each) => each.hasToldAll);
    if ((toldAll && !(await isOnTheWay(store))) || Date.now() > began + patience) return Date.now() - began;
    await wait(LOOK);
  }
}

async function isOnTheWay(store: Store): Promise<boolean> {
  for (const phase of ["pre-mq-activation", "pre-launch", "pending-starter", "pending-stopper"] as const)
    for (let partition = 0; partition < store.partitions; partition++)
      for await (const uuids of store.indexes.inPhase(partition, phase))
        for await (const [, record] of store.fetchEach("taskforce", uuids)) {
          const { cluster_id = null, submit_failures = 0 } = record ?? {};
          if (record !== undefined && isTransient({ phase: record.phase, cluster_id }, submit_failures))
            return true;
        }
  return false;
}
