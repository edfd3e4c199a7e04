import type { Wms } from "./context.js";

/**
 * Brings the queues in line with a change that the store already has. When that fails the change stands all the same: the
 * caller is answered as if nothing had happened, and reconcile mends the queue. An error instead would make clients repeat
 * what took effect.
 *
 * @param queueName the queue work, for the log
 */
export async function syncQueue(wms: Wms, queueName: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    wms.log.warn({ err: error, queue: queueName }, "the change is stored, its queue is left to reconcile");
  }
}
