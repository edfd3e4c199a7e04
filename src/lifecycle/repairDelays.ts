import { epochMs } from "../domain/clock.js";
import type { TaskforceUuid } from "../domain/ids.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { TaskforceRecord } from "../store/records.js";
import type { WmsWithoutMqs } from "./context.js";
import { handOutBackoffMs } from "./handOut.js";

/** A job may be due this much later than its failures explain: clocks differ, and the settings may have changed. */
const TOLERANCE_MS = 60_000;

/** The wait that explains a delayed job. A taskforce whose message queue is unknown waits as after one failure. */
const expectedDelayMs = (wms: WmsWithoutMqs, kind: LeasedQueueName, record: TaskforceRecord | undefined): number => {
  const failures = kind === "starter" ? record?.submit_failures : record?.remove_failures;
  return handOutBackoffMs(wms, kind, Math.max(1, failures ?? 0));
};

/**
 * Brings forward the jobs that are due later than their failures explain: the clock of the process that delayed them was
 * wrong.
 *
 * @returns the number of jobs
 */
export async function repairDelays(wms: WmsWithoutMqs, kind: LeasedQueueName, queue: LeaseQueue): Promise<number> {
  let repairedCount = 0;
  const shortest = epochMs() + expectedDelayMs(wms, kind, undefined) + TOLERANCE_MS;
  for await (const jobs of queue.jobsDueAfter(shortest)) {
    const dueMs = new Map(jobs.map((job) => [job.id as TaskforceUuid, job.dueMs]));
    for await (const [uuid, record] of wms.store.fetchEach("taskforce", [...dueMs.keys()])) {
      const explainedMs = epochMs() + expectedDelayMs(wms, kind, record);
      if ((dueMs.get(uuid) ?? 0) <= explainedMs + TOLERANCE_MS) continue;
      await queue.bringForward({ id: uuid, dueMs: explainedMs });
      repairedCount++;
    }
  }
  return repairedCount;
}
