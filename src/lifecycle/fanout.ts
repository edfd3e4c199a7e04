import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import type { Queues } from "../queues/queues.js";
import { partitionOf } from "../store/keys.js";
import type { Wms } from "./context.js";

/** Milliseconds in which changes of a partition are gathered into one job. */
const BATCH_WINDOW_MS = 100;

const timersByQueues = new WeakMap<Queues, Map<number, NodeJS.Timeout>>();

/** The id of the fan-out job of a partition. BullMQ refuses ids that are all digits. */
export const fanoutJobId = (partition: number): string => `partition-${partition}`;

/**
 * Sees to it that summaries catch up with a change. What changed is in the store already, so the job is a mere nudge: one
 * for each partition and moment is enough, nobody waits for it, and reconcile makes up for a lost one.
 */
export function scheduleFanout(wms: Wms, id: WorkflowId | TaskId | TaskforceUuid): void {
  const partition = partitionOf(id, wms.store.partitions);
  const timers = timersByQueues.get(wms.queues) ?? new Map<number, NodeJS.Timeout>();
  timersByQueues.set(wms.queues, timers);
  if (timers.has(partition)) return;
  const addJob = () => {
    timers.delete(partition);
    wms.queues.fanout
      .add([{ id: fanoutJobId(partition) }])
      .catch((error: unknown) =>
        wms.log.debug({ err: error, partition }, "status fan-out not nudged, left to reconcile"),
      );
  };
  // Unreferenced: a change in the last moments of a process is left to reconcile too.
  timers.set(partition, setTimeout(addJob, BATCH_WINDOW_MS).unref());
}
