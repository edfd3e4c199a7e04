import { notFound } from "../domain/wmsError.js";
import type { TaskforceUuid } from "../domain/ids.js";
import { SOURCES } from "../domain/phases.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { Wms } from "./context.js";
import { wakeFanout } from "./fanout.js";
import { entryNow } from "./phaseChangeLog.js";
import { project } from "./syncQueue.js";
import { rankOfRecord, wantsStart } from "./handOutRules.js";

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
  const { starter } = wms.queues.of(record.schedd);
  const waits = await forgetFailures(wms, uuid, `Retried by ${operator}.`);
  const { submit_failures: _, ...fresh } = record;
  await project(wms, "starter", () =>
    waits ? starter.revive(uuid, rankOfRecord(fresh)) : starter.end(uuid),
  );
  if (waits) wms.log.info({ taskforce: uuid, operator }, "retried, to be handed out again");
}

/**
 * A dead taskforce is being handed out: whoever moved it out of the dead letters did it by BullMQ's own means, with a tool
 * that knows only the queue.
 */
export async function noteForeignRetry(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  await forgetFailures(wms, uuid, "Retried by other means than the dashboard.");
}

async function forgetFailures(wms: Wms, uuid: TaskforceUuid, context: string): Promise<boolean> {
  const entry = entryNow(wms, "pending-starter", true, SOURCES.operator, context);
  const waits = await wms.store.transitions.recordRetry(uuid, entry);
  wakeFanout(wms, uuid);
  return waits;
}

/**
 * Finishes retries of which only the store knows. A taskforce without failures is among the dead letters for another reason
 * too: its last failure is being reported, and counts in the next moment. That one was buried after it began to wait.
 *
 * @param dead the dead letters of the queue
 * @returns how many wait again
 */
export async function finishRetries(
  wms: Wms,
  starter: LeaseQueue,
  dead: readonly TaskforceUuid[],
): Promise<number> {
  let revived = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", dead)) {
    if (!wantsStart(record) || record.submit_failures !== undefined) continue;
    const buriedAt = await starter.buriedAt(uuid);
    if (buriedAt === undefined || Number(record.since) * 1000 < buriedAt) continue;
    await starter.revive(uuid, rankOfRecord(record));
    revived++;
  }
  return revived;
}
