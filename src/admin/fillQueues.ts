import { EventEmitter } from "node:events";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import { closeWms, createWms } from "../lifecycle/context.js";
import { reconcile } from "../lifecycle/reconcile.js";
import { Queues } from "../queues/queues.js";
import type { AdminSession } from "./session.js";

/**
 * Adds the jobs of imported taskforces to the queues, as the first pass of a worker process would do. @returns their number
 */
export async function fillQueues({ config, store, log }: AdminSession): Promise<number> {
  const queues = new Queues({ redis: store.redis, leaseSeconds: config.leaseSeconds, schedds: [] });
  const events: WmsEventEmitter = new EventEmitter();
  // The repairs that reconcile warns of are the work of the import.
  const quietLog = log.child({}, { level: "error" });
  const wms = createWms({ store, queues, settings: config.lifecycle, events, log: quietLog });
  try {
    return (await reconcile(wms)).added;
  } finally {
    await closeWms(wms);
  }
}
