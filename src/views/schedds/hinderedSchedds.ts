import { nextEpochSeconds } from "../../domain/clock.js";
import { configuredSchedds } from "../../domain/clusters.js";
import { isSilent } from "../../domain/schedd.js";
import type { Wms } from "../../lifecycle/context.js";
import { readLastPolls } from "./readSchedds.js";

/**
 * Finds the schedds at which no taskforce can start: their TMS does not poll, they are no longer configured, or their
 * queue is paused. A taskforce that waits there needs attention.
 */
export async function findHinderedSchedds(wms: Wms): Promise<string[]> {
  const known = [...wms.queues.schedds()];
  const [polls, arePaused] = await Promise.all([
    readLastPolls(wms),
    Promise.all(known.map(([, { starter }]) => starter.queue.isPaused())),
  ]);
  const configured = new Set(configuredSchedds(wms.settings.clusters));
  const nowSeconds = nextEpochSeconds();
  return known.flatMap(([schedd], index) =>
    arePaused[index] || !configured.has(schedd) || isSilent(polls.get(schedd), nowSeconds) ? [schedd] : [],
  );
}
