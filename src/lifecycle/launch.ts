import type { TaskforceUuid } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import { batchLogEntry, createLogEntry, scheduleFanout } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { isAwaitingStart, starterRankOf } from "./handOut.js";

/**
 * Moves a taskforce to pending-starter and adds it to its schedd's starter queue. Idempotent: a repetition adds a taskforce
 * whose first launch was interrupted in between.
 */
export async function launchTaskforce(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  const entry = createLogEntry(wms, "pending-starter", true, "launcher", PHASE_CHANGE_CONTEXTS.ready);
  const batchedEntry = batchLogEntry(wms, entry);
  const moved = await wms.store.transitions.advance(uuid, "pre-launch", "pending-starter", batchedEntry);
  const record = await wms.store.fetch("taskforce", uuid);
  if (!isAwaitingStart(record)) return;
  await wms.queues.forSchedd(record.schedd).starter.add([{ id: uuid, rank: starterRankOf(record) }]);
  if (moved) scheduleFanout(wms, uuid);
}
