import { setTimeout as delay } from "node:timers/promises";
import { groupBy } from "../domain/groupBy.js";
import type { TaskforceUuid } from "../domain/ids.js";
import type { LeaseQueue, QueuePosition } from "../queues/leaseQueue.js";
import type { MissingJobs } from "../queues/missingJobs.js";
import type { ScheddQueues } from "../queues/queues.js";
import { latestContext } from "../store/records.js";
import type { Wms } from "./context.js";
import { isAwaitingStart, isAwaitingStop, isDeadLetter, starterPosition, stopperPosition } from "./handOut.js";
import { finishRetries } from "./retryTaskforce.js";

/** The jobs that a pass added and dropped. */
export interface ReconcileResult {
  added: number;
  dropped: number;
}

/** The taskforces that belong in each kind of queue, and their positions. */
const QUEUE_RULES = {
  starter: { isWanted: isAwaitingStart, positionOf: starterPosition },
  stopper: { isWanted: isAwaitingStop, positionOf: stopperPosition },
} as const;

/**
 * Milliseconds that an unwanted job may remain before it is dropped. A request changes the phase first and ends the job
 * right afterwards, so most such jobs disappear by themselves.
 */
const IN_FLIGHT_GRACE_MS = 500;
/** Unwanted jobs that share one such wait. */
const MAX_UNWANTED_BATCH = 10_000;

/** Compares the phases with the queues of all schedds. The phase is always read last, because the queue may be older. */
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
      for (const [schedd, group] of groupBy(queued, (each) => each.schedd)) {
        const queue = wms.queues.forSchedd(schedd)[kind];
        const missingJobs = missingJobsBySchedd.get(schedd) ?? queue.missingJobs();
        missingJobsBySchedd.set(schedd, missingJobs);
        const missing = await missingJobs.findMissing(group.map(({ uuid }) => uuid));
        if (missing.length > 0) added += await restoreJobs(wms, kind, queue, partition, missing);
      }
  return added;
}

/**
 * Adds lost jobs of one partition's taskforces to their queue, or to its dead letters. The queue orders jobs by waiting time,
 * so their order here does not matter.
 */
async function restoreJobs(
  wms: Wms,
  kind: keyof ScheddQueues,
  queue: LeaseQueue,
  partition: number,
  missing: readonly TaskforceUuid[],
): Promise<number> {
  const { isWanted, positionOf } = QUEUE_RULES[kind];
  const jobs: { id: string; position: QueuePosition }[] = [];
  const stale: TaskforceUuid[] = [];
  let deadCount = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", missing)) {
    if (!isWanted(record)) stale.push(uuid);
    else if (kind === "starter" && isDeadLetter(wms, record)) {
      // The newest entry of its log is the last failure.
      await queue.restoreDeadLetter(uuid, `${latestContext(record)} (restored by reconcile)`);
      deadCount++;
    } else jobs.push({ id: uuid, position: positionOf(record) });
  }
  await queue.restoreLostJobs(jobs);
  // They left the phase at this moment, or in a process of a release that does not maintain the index.
  if (kind === "stopper" && stale.length > 0) await wms.store.indexes.repairStoppingIndex(partition, stale);
  return deadCount + jobs.length;
}

/** The taskforces that have left the phase of their job. */
async function findUnwanted(
  wms: Wms,
  kind: keyof ScheddQueues,
  ids: readonly TaskforceUuid[],
): Promise<TaskforceUuid[]> {
  const unwanted: TaskforceUuid[] = [];
  const suspects = await wms.store.indexes.filterNotWaiting(kind, ids);
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", suspects))
    if (!QUEUE_RULES[kind].isWanted(record)) unwanted.push(uuid);
  return unwanted;
}

/** Drops the jobs that still exist and are still unwanted. */
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
