import { batchesOf } from "../domain/batchesOf.js";
import type { TaskforceUuid } from "../domain/ids.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import { syncQueue } from "./changeEffects.js";
import type { Wms, WmsWithoutMqs } from "./context.js";
import { entityNotFound } from "./entityNotFound.js";
import { clearFailures, isAwaitingStart, isDeadLetter, starterRankOf } from "./handOut.js";
import { requireWorkflow } from "./requireWorkflow.js";

/**
 * Retries a dead letter: the taskforce is handed out as if it had never failed. The store changes first, then the queue;
 * {@link finishRetries} completes a retry that a crash interrupted. A taskforce that is not waiting leaves the queue.
 *
 * @param operator for the log of the taskforce
 * @throws WmsError `not-found`
 */
export async function retryTaskforce(wms: Wms, uuid: TaskforceUuid, operator: string): Promise<void> {
  const record = await wms.store.fetch("taskforce", uuid);
  if (record === undefined) throw await entityNotFound(wms, "taskforce", uuid);
  const { starter } = wms.queues.forSchedd(record.schedd);
  const isWaiting = await clearFailures(wms, uuid, `Retried by ${operator}.`);
  const { submit_failures: _, ...recordWithoutFailures } = record;
  await syncQueue(wms, "starter", () =>
    isWaiting ? starter.retryDeadLetter(uuid, starterRankOf(recordWithoutFailures)) : starter.ack(uuid),
  );
  if (isWaiting) wms.log.info({ taskforce: uuid, operator }, "dead letter retried; the taskforce is waiting again");
}

/** Retries that run at once. */
const CONCURRENT_RETRIES = 20;

/**
 * Retries all dead letters of a workflow.
 *
 * @param operator for the logs of the taskforces
 * @returns their number
 * @throws WmsError `not-found`
 */
export async function retryDeadLetters(wms: Wms, text: string, operator: string): Promise<number> {
  const { id } = await requireWorkflow(wms, text);
  const deadLetters: TaskforceUuid[] = [];
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", await wms.store.indexes.taskforcesOf(id)))
    if (record !== undefined && isDeadLetter(wms, record)) deadLetters.push(uuid);
  for (const batch of batchesOf(deadLetters, CONCURRENT_RETRIES))
    await Promise.all(batch.map((uuid) => retryTaskforce(wms, uuid, operator)));
  return deadLetters.length;
}

/**
 * Completes retries that reached only the store. A dead letter without failures may also be one whose last failure is being
 * recorded at this moment: it became one after its taskforce entered the queue, and stays one.
 *
 * @param deadLetters of the queue
 * @returns the number of retries
 */
export async function finishRetries(
  wms: WmsWithoutMqs,
  starter: LeaseQueue,
  deadLetters: readonly TaskforceUuid[],
): Promise<number> {
  let retriedCount = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", deadLetters)) {
    if (!isAwaitingStart(record) || record.submit_failures !== undefined) continue;
    const deadLetteredAtMs = await starter.readDeadLetteredAtMs(uuid);
    if (deadLetteredAtMs === undefined || 1000 * Number(record.since) < deadLetteredAtMs) continue;
    await starter.retryDeadLetter(uuid, starterRankOf(record));
    retriedCount++;
  }
  return retriedCount;
}
