import type { TaskforceUuid } from "../domain/ids.js";
import { CONTEXTS, SOURCES } from "../domain/phases.js";
import type { Wms } from "./context.js";
import { wakeFanout } from "./fanout.js";
import { gatheredEntry } from "./launchLogBatches.js";
import { entryNow } from "./phaseChangeLog.js";
import { rankOfRecord, wantsStart } from "./handOutRules.js";

/**
 * Moves a taskforce to pending-starter and puts it into its schedd's starter queue. Idempotent: one that got stuck between
 * the two is put into the queue all the same.
 */
export async function launchTaskforce(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  const entry = entryNow(wms, "pending-starter", true, SOURCES.launcher, CONTEXTS.ready);
  const gathered = gatheredEntry(wms, entry);
  const moved = await wms.store.transitions.advance(uuid, "pre-launch", "pending-starter", gathered);
  const record = await wms.store.fetch("taskforce", uuid);
  if (!wantsStart(record)) return;
  await wms.queues.of(record.schedd).starter.add([{ id: uuid, rank: rankOfRecord(record) }]);
  if (moved) wakeFanout(wms, uuid);
}
