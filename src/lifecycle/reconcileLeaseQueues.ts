import { setTimeout as delay } from "node:timers/promises";
import type { TaskforceUuid } from "../domain/ids.js";
import type { LeaseQueue, Place } from "../queues/leaseQueue.js";
import type { Presence } from "../queues/missingJobs.js";
import type { ScheddQueues } from "../queues/queues.js";
import type { Queued } from "../store/indexes.js";
import { newestContext } from "../store/records.js";
import type { Wms } from "./context.js";
import { isDead, starterPlace, stopperPlace, wantsStart, wantsStop } from "./handOutRules.js";
import { finishRetries } from "./retryTaskforce.js";

/** What a pass mended. */
export interface Reconciled {
  added: number;
  dropped: number;
}

/** How the two kinds of leased queues differ. */
const LEASED = {
  starter: { wanted: wantsStart, placeOf: starterPlace },
  stopper: { wanted: wantsStop, placeOf: stopperPlace },
} as const;

/**
 * Milliseconds after which a job whose taskforce went on is gone by itself: whoever writes the phase ends the job right afterwards.
 * One that was seen in between needs no mending.
 */
const ON_ITS_WAY = 500;
/** Unwanted jobs that are waited for together. */
const MANY = 10_000;

/** Compares the phases with the queues of all schedds. The truth is always asked last: what a queue says may be older. */
export async function reconcileLeased(wms: Wms, kind: keyof ScheddQueues): Promise<Reconciled> {
  const added = await addLacking(wms, kind);
  let [revived, dropped] = [0, 0];
  const unwanted = new Map<LeaseQueue, TaskforceUuid[]>();
  let count = 0;
  const drop = async () => {
    if (count > 0) await delay(ON_ITS_WAY);
    for (const [queue, ids] of unwanted) dropped += await dropStill(wms, kind, queue, ids);
    unwanted.clear();
    count = 0;
  };
  for (const queues of wms.queues.schedds().values())
    for await (const { ids, dead } of queues[kind].pieces()) {
      const found = await unwantedOf(wms, kind, ids as TaskforceUuid[]);
      if (found.length > 0) unwanted.set(queues[kind], [...(unwanted.get(queues[kind]) ?? []), ...found]);
      count += found.length;
      if (count >= MANY) await drop();
      if (dead && kind === "starter")
        revived += await finishRetries(wms, queues.starter, ids as TaskforceUuid[]);
    }
  await drop();
  return { added: added + revived, dropped };
}

async function addLacking(wms: Wms, kind: keyof ScheddQueues): Promise<number> {
  const presences = new Map<string, Presence>();
  let added = 0;
  for (let partition = 0; partition < wms.store.partitions; partition++)
    for await (const queued of wms.store.indexes.waiting(partition, kind))
      for (const [schedd, uuids] of bySchedd(queued)) {
        const queue = wms.queues.of(schedd)[kind];
        const presence = presences.get(schedd) ?? queue.presence();
        presences.set(schedd, presence);
        const lacking = await presence.lacking(uuids);
        if (lacking.length > 0) added += await restore(wms, kind, queue, partition, lacking);
      }
  return added;
}

function bySchedd(queued: readonly Queued[]): Map<string, TaskforceUuid[]> {
  const groups = new Map<string, TaskforceUuid[]>();
  for (const { uuid, schedd } of queued) {
    const group = groups.get(schedd);
    if (group === undefined) groups.set(schedd, [uuid]);
    else group.push(uuid);
  }
  return groups;
}

/**
 * Puts taskforces of one partition back into their queue, dead ones among the dead letters. The queue orders the others by how
 * long they wait, so it does not matter in which order they come.
 */
async function restore(
  wms: Wms,
  kind: keyof ScheddQueues,
  queue: LeaseQueue,
  partition: number,
  lacking: readonly TaskforceUuid[],
): Promise<number> {
  const { wanted, placeOf } = LEASED[kind];
  const lost: { id: string; place: Place }[] = [];
  const elsewhere: TaskforceUuid[] = [];
  let dead = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", lacking)) {
    if (!wanted(record)) elsewhere.push(uuid);
    else if (kind === "starter" && isDead(wms, record)) {
      // Its newest entry is the failure that was one too many.
      await queue.restoreDead(uuid, `${newestContext(record)} (restored by reconcile)`);
      dead++;
    } else lost.push({ id: uuid, place: placeOf(record) });
  }
  await queue.restore(lost);
  // Left it in this very moment, or in a process of a release that does not keep the index.
  if (kind === "stopper" && elsewhere.length > 0) await wms.store.indexes.mendStopping(partition, elsewhere);
  return dead + lost.length;
}

/** Those of some taskforces with jobs that are in another phase by now. */
async function unwantedOf(
  wms: Wms,
  kind: keyof ScheddQueues,
  ids: readonly TaskforceUuid[],
): Promise<TaskforceUuid[]> {
  const unwanted: TaskforceUuid[] = [];
  const suspects = await wms.store.indexes.notWaiting(kind, ids);
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", suspects))
    if (!LEASED[kind].wanted(record)) unwanted.push(uuid);
  return unwanted;
}

/** Drops the jobs that are still there, and still unwanted. */
async function dropStill(
  wms: Wms,
  kind: keyof ScheddQueues,
  queue: LeaseQueue,
  ids: readonly TaskforceUuid[],
): Promise<number> {
  const gone = new Set(await queue.presence().lacking(ids));
  const still = await unwantedOf(
    wms,
    kind,
    ids.filter((uuid) => !gone.has(uuid)),
  );
  await queue.endAll(still);
  return still.length;
}
