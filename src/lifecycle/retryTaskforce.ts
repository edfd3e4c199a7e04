import type { TaskforceUuid } from "../domain/ids.js";
import { PHASE_CHANGE_SOURCES } from "../domain/phases.js";
import { notFound } from "../domain/wmsError.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { Wms } from "./context.js";
import { isAwaitingStart, starterRankOf } from "./handOutRules.js";
import { createLogEntry } from "./phaseChangeLog.js";
import { scheduleFanout, syncQueue } from "./syncQueue.js";

/**
 * An operator has a dead taskforce handed out again, as if it had never failed. The store learns it first, and then the
 * queue; {@link finishRetries} makes up for a crash in between. One that is not to be started any more leaves the queue.
 *
 * @param operator who retries, as the taskforce's log will name it
 * @throws WmsError `not-found`
 */
export async function retryTaskforce(wms: Wms, uuid: TaskforceUuid, operator: string): Promise<void> {
  const record = await wms.store.fetch("taskforce", uuid);
  if (record === undefined) throw notFound(`no taskforce found with uuid: ${uuid}`);
  const { starter } = wms.queues.forSchedd(record.schedd);
  const isWaiting = await clearFailures(wms, uuid, `Retried by ${operator}.`);
  const { submit_failures: _, ...recordWithoutFailures } = record;
  await syncQueue(wms, "starter", () =>
    isWaiting ? starter.retryDeadLetter(uuid, starterRankOf(recordWithoutFailures)) : starter.ack(uuid),
  );
  if (isWaiting) wms.log.info({ taskforce: uuid, operator }, "retried, to be handed out again");
}

/**
 * A dead taskforce is being handed out: whoever moved it out of the dead letters did it by BullMQ's own means, with a tool
 * that knows only the queue.
 */
export async function recordExternalRetry(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  await clearFailures(wms, uuid, "Retried by other means than the dashboard.");
}

async function clearFailures(wms: Wms, uuid: TaskforceUuid, context: string): Promise<boolean> {
  const entry = createLogEntry(wms, "pending-starter", true, PHASE_CHANGE_SOURCES.operator, context);
  const isWaiting = await wms.store.transitions.recordRetry(uuid, entry);
  scheduleFanout(wms, uuid);
  return isWaiting;
}

/**
 * Finishes retries of which only the store knows. A taskforce without failures is among the dead letters for another reason
 * too: its last failure is being reported, and counts in the next moment. That one was buried after it began to wait.
 *
 * @param dead the dead letters of the queue
 * @returns how many wait again
 */
export async function finishRetries(wms: Wms, starter: LeaseQueue, dead: readonly TaskforceUuid[]): Promise<number> {
  let retriedCount = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", dead)) {
    if (!isAwaitingStart(record) || record.submit_failures !== undefined) continue;
    const deadSinceMs = await starter.readDeadLetteredAtMs(uuid);
    if (deadSinceMs === undefined || Number(record.since) * 1000 < deadSinceMs) continue;
    await starter.retryDeadLetter(uuid, starterRankOf(record));
    retriedCount++;
  }
  return retriedCount;
}
