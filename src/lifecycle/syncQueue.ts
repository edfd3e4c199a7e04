import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import { partitionOf } from "../store/keys.js";
import type { Wms } from "./context.js";

/**
 * Brings a queue in line with a change that the store already holds. Failures are only logged: an error response would make
 * clients repeat a change that took effect. Reconcile repairs the queue.
 *
 * @param queueName for the log
 */
export async function syncQueue(wms: Wms, queueName: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    wms.log.warn(
      { err: error, queue: queueName },
      "the change is stored, but its queue is not updated; reconcile repairs it",
    );
  }
}

/** The id of the fan-out job of a partition. BullMQ rejects ids that are all digits. */
export const fanoutJobId = (partition: number): string => `partition-${partition}`;

/**
 * Schedules the fan-out of a change: a background job updates the workflow's summary and publishes it as an event. The store
 * lists the changed workflows, so one job per partition and time window is enough. Reconcile adds a job that was lost.
 */
export function scheduleFanout({ queues, store, debouncers, log }: Wms, id: WorkflowId | TaskId | TaskforceUuid): void {
  const partition = partitionOf(id, store.partitions);
  if (debouncers.fanout.get(partition)) return;
  debouncers.fanout.open(partition, true, () =>
    queues.fanout
      .add([{ id: fanoutJobId(partition) }])
      .catch((error: unknown) => log.debug({ err: error, partition }, "fan-out job not added; reconcile adds it")),
  );
}
