import { setTimeout as delay } from "node:timers/promises";
import type { TaskforceUuid } from "../domain/ids.js";
import type { LeaseQueue, QueuePosition } from "../queues/leaseQueue.js";
import type { MissingJobs } from "../queues/missingJobs.js";
import type { ScheddQueues } from "../queues/queues.js";
import type { QueuedTaskforce } from "../store/indexes.js";
import { latestContext } from "../store/records.js";
import type { Wms } from "./context.js";
import { isAwaitingStart, isAwaitingStop, isDeadLetter, starterPosition, stopperPosition } from "./handOutRules.js";
import { finishRetries } from "./retryTaskforce.js";

/** What a pass mended. */
export interface ReconcileResult {
  added: number;
  dropped: number;
}

/** How the two kinds of leased queues differ. */
const QUEUE_RULES = {
  starter: { wanted: isAwaitingStart, placeOf: starterPosition },
  stopper: { wanted: isAwaitingStop, placeOf: stopperPosition },
} as const;

/**
 * Milliseconds after which a job whose taskforce went on is gone by itself: whoever writes the phase ends the job right afterwards.
 * One that was seen in between needs no mending.
 */
const IN_FLIGHT_GRACE_MS = 500;
/** Unwanted jobs that are waited for together. */
const MAX_UNWANTED_BATCH = 10_000;

/** Compares the phases with the queues of all schedds. The truth is always asked last: what a queue says may be older. */
export async function reconcileLeaseQueues(wms: Wms, kind: keyof ScheddQueues): Promise<ReconcileResult> {
  const added = await restoreMissingJobs(wms, kind);
  let [retriedCount, dropped] = [0, 0];
  const unwanted = new Map<LeaseQueue, TaskforceUuid[]>();
  let count = 0;
  const drop = async () => {
    if (count > 0) await delay(IN_FLIGHT_GRACE_MS);
    for (const [queue, ids] of unwanted) dropped += await dropUnwanted(wms, kind, queue, ids);
    unwanted.clear();
    count = 0;
  };
  for (const queues of wms.queues.schedds().values())
    for await (const { ids, dead } of queues[kind].jobBatches()) {
      const found = await findUnwanted(wms, kind, ids as TaskforceUuid[]);
      if (found.length > 0) unwanted.set(queues[kind], [...(unwanted.get(queues[kind]) ?? []), ...found]);
      count += found.length;
      if (count >= MAX_UNWANTED_BATCH) await drop();
      if (dead && kind === "starter") retriedCount += await finishRetries(wms, queues.starter, ids as TaskforceUuid[]);
    }
  await drop();
  return { added: added + retriedCount, dropped };
}

async function restoreMissingJobs(wms: Wms, kind: keyof ScheddQueues): Promise<number> {
  const missingJobsBySchedd = new Map<string, MissingJobs>();
  let added = 0;
  for (let partition = 0; partition < wms.store.partitions; partition++)
    for await (const queued of wms.store.indexes.scanWaiting(partition, kind))
      for (const [schedd, uuids] of groupBySchedd(queued)) {
        const queue = wms.queues.forSchedd(schedd)[kind];
        const missingJobs = missingJobsBySchedd.get(schedd) ?? queue.missingJobs();
        missingJobsBySchedd.set(schedd, missingJobs);
        const missing = await missingJobs.findMissing(uuids);
        if (missing.length > 0) added += await restoreJobs(wms, kind, queue, partition, missing);
      }
  return added;
}

function groupBySchedd(queued: readonly QueuedTaskforce[]): Map<string, TaskforceUuid[]> {
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
async function restoreJobs(
  wms: Wms,
  kind: keyof ScheddQueues,
  queue: LeaseQueue,
  partition: number,
  missing: readonly TaskforceUuid[],
): Promise<number> {
  const { wanted, placeOf } = QUEUE_RULES[kind];
  const jobs: { id: string; position: QueuePosition }[] = [];
  const stale: TaskforceUuid[] = [];
  let dead = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", missing)) {
    if (!wanted(record)) stale.push(uuid);
    else if (kind === "starter" && isDeadLetter(wms, record)) {
      // Its newest entry is the failure that was one too many.
      await queue.restoreDeadLetter(uuid, `${latestContext(record)} (restored by reconcile)`);
      dead++;
    } else jobs.push({ id: uuid, position: placeOf(record) });
  }
  await queue.restoreLostJobs(jobs);
  // Left it in this very moment, or in a process of a release that does not keep the index.
  if (kind === "stopper" && stale.length > 0) await wms.store.indexes.repairStoppingIndex(partition, stale);
  return dead + jobs.length;
}

/** Those of some taskforces with jobs that are in another phase by now. */
async function findUnwanted(
  wms: Wms,
  kind: keyof ScheddQueues,
  ids: readonly TaskforceUuid[],
): Promise<TaskforceUuid[]> {
  const unwanted: TaskforceUuid[] = [];
  const suspects = await wms.store.indexes.filterNotWaiting(kind, ids);
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", suspects))
    if (!QUEUE_RULES[kind].wanted(record)) unwanted.push(uuid);
  return unwanted;
}

/** Drops the jobs that are still there, and still unwanted. */
async function dropUnwanted(
  wms: Wms,
  kind: keyof ScheddQueues,
  queue: LeaseQueue,
  ids: readonly TaskforceUuid[],
): Promise<number> {
  const gone = new Set(await queue.missingJobs().findMissing(ids));
  const still = await findUnwanted(
    wms,
    kind,
    ids.filter((uuid) => !gone.has(uuid)),
  );
  await queue.ackAll(still);
  return still.length;
}
