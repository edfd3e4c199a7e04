import { setTimeout as delay } from "node:timers/promises";
import { groupBy } from "../domain/groupBy.js";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { BackgroundQueue } from "../queues/backgroundQueue.js";
import type { LeaseQueue, QueuePosition } from "../queues/leaseQueue.js";
import type { MissingJobs } from "../queues/missingJobs.js";
import { completeIndexes } from "../store/completeIndexes.js";
import { latestContext } from "../store/records.js";
import { removeAbandonedStaging } from "../store/staging.js";
import type { Store } from "../store/store.js";
import { fanoutJobId } from "./changeEffects.js";
import type { WmsWithoutMqs } from "./context.js";
import { isDeadLetter, queuePositionOf } from "./handOut.js";
import { repairDelays } from "./repairDelays.js";
import { finishRetries } from "./retryTaskforce.js";

/** The jobs that a pass added and dropped. */
interface ReconcileResult {
  added: number;
  dropped: number;
}

/**
 * Compares the phases in the store, which are authoritative, with the queues, and repairs the queues: missing jobs are
 * added, jobs of taskforces in other phases are dropped. Safe in several processes and beside all other work: a hand-out
 * drops a job that was added needlessly.
 *
 * A pass reads both sides in batches, so that neither Redis nor this process is blocked even with a million taskforces.
 */
export async function reconcile(wms: WmsWithoutMqs): Promise<ReconcileResult> {
  wms.queues.ensureSchedds(await wms.store.knownSchedds());
  await Promise.all(
    [...wms.queues.schedds().values()].flatMap(({ starter, stopper }) => [
      starter.restoreSettings(),
      stopper.restoreSettings(),
    ]),
  );
  await addMissingIndexes(wms);
  await repairStoppingIndex(wms);
  const passes = {
    background: await reconcileBackground(wms),
    starter: await reconcileLeaseQueues(wms, "starter"),
    stopper: await reconcileLeaseQueues(wms, "stopper"),
  };
  await repairCounts(wms);
  const total = { added: 0, dropped: 0 };
  for (const queue of ["background", "starter", "stopper"] as const) {
    const { added, dropped } = passes[queue];
    if (added + dropped > 0) wms.events.emit("queuesRepaired", { queue, added, dropped });
    total.added += added;
    total.dropped += dropped;
  }
  return total;
}

/** Corrects the numbers of taskforces, which are derived from the phases. */
async function repairCounts({ store, log }: WmsWithoutMqs): Promise<void> {
  for (let partition = 0; partition < store.partitions; partition++)
    if (await store.counts.repair(partition))
      log.warn({ partition }, "the counts of taskforces were wrong and are repaired");
}

/** Indexes the data of an earlier release. */
async function addMissingIndexes({ store, log }: WmsWithoutMqs): Promise<void> {
  const count = await completeIndexes(store);
  if (count !== undefined) log.info({ entities: count }, "the indexes of later releases are complete");
}

/** Stores whose index of taskforces to stop this process has checked. */
const checkedStores = new WeakSet<Store>();

/**
 * Adds missing taskforces to the index of those to stop. A process of an older release does not maintain this index, so the
 * first pass of each process checks it. Every pass removes wrong members.
 */
async function repairStoppingIndex({ store, log }: WmsWithoutMqs): Promise<void> {
  if (checkedStores.has(store)) return;
  let repairedCount = 0;
  for (let partition = 0; partition < store.partitions; partition++)
    for await (const uuids of store.indexes.scanPhase(partition, "pending-stopper"))
      repairedCount += await store.indexes.repairStoppingIndex(partition, uuids);
  if (repairedCount > 0)
    log.warn({ repaired: repairedCount }, "the index of taskforces to stop was incomplete and is repaired");
  checkedStores.add(store);
}

/** Adds missing background jobs. Needless ones are not dropped: they find no work and end. */
async function reconcileBackground(wms: WmsWithoutMqs): Promise<ReconcileResult> {
  const { store, queues } = wms;
  const activationJobs = queues.activation.missingJobs();
  const deactivationJobs = queues.deactivation.missingJobs();
  const fanoutIds: string[] = [];
  let added = 0;
  const addJobs = async (queue: BackgroundQueue, ids: readonly WorkflowId[]): Promise<void> => {
    await queue.add(ids.map((id) => ({ id })));
    added += ids.length;
  };
  for (let partition = 0; partition < store.partitions; partition++) {
    // Processes of earlier releases move taskforces to pre-launch one step before their launch.
    for (const phase of ["pre-mq-activation", "pre-launch"] as const)
      for await (const uuids of store.indexes.scanPhase(partition, phase)) {
        const suspects = new Set(await activationJobs.findMissing([...new Set(uuids.map(workflowOf))]));
        const waiting = uuids.filter((uuid) => suspects.has(workflowOf(uuid)));
        const lacking = await store.indexes.filterInPhase(phase, waiting);
        await addJobs(queues.activation, [...new Set(lacking.map(workflowOf))]);
      }
    for await (const workflows of store.indexes.scanDeactivating(partition))
      await addJobs(queues.deactivation, await deactivationJobs.findMissing(workflows));
    await removeAbandonedStaging(store, partition);
    await store.summaries.markLeasedDirty(partition);
    if ((await store.summaries.dirtyCount(partition)) > 0) fanoutIds.push(fanoutJobId(partition));
  }
  // Each change adds its job, so a missing one mostly is not lost, but about to be added.
  const lackingIds = await queues.fanout.missingJobs().findMissing(fanoutIds);
  await queues.fanout.add(lackingIds.map((id) => ({ id })));
  return { added, dropped: 0 };
}

/**
 * Milliseconds that an unwanted job may remain before it is dropped. A request changes the phase first and ends the job
 * right afterwards, so most such jobs disappear by themselves.
 */
const IN_FLIGHT_GRACE_MS = 500;
/** Unwanted jobs that share one such wait. */
const MAX_UNWANTED_BATCH = 10_000;

/** Compares the phases with the queues of all schedds. The phase is always read last, because the queue may be older. */
async function reconcileLeaseQueues(wms: WmsWithoutMqs, kind: LeasedQueueName): Promise<ReconcileResult> {
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
  await repairAllDelays(wms, kind);
  return { added: added + retriedCount, dropped };
}

async function repairAllDelays(wms: WmsWithoutMqs, kind: LeasedQueueName): Promise<void> {
  for (const [schedd, queues] of wms.queues.schedds()) {
    const repaired = await repairDelays(wms, kind, queues[kind]);
    if (repaired > 0) wms.log.warn({ queue: kind, schedd, repaired }, "jobs were due too late and are brought forward");
  }
}

async function restoreMissingJobs(wms: WmsWithoutMqs, kind: LeasedQueueName): Promise<number> {
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
  wms: WmsWithoutMqs,
  kind: LeasedQueueName,
  queue: LeaseQueue,
  partition: number,
  missing: readonly TaskforceUuid[],
): Promise<number> {
  const jobs: { id: string; position: QueuePosition }[] = [];
  const stale: TaskforceUuid[] = [];
  let deadCount = 0;
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", missing)) {
    const position = queuePositionOf(kind, record);
    if (position === undefined || record === undefined) stale.push(uuid);
    else if (kind === "starter" && isDeadLetter(wms, record)) {
      // The newest entry of its log is the last failure.
      await queue.restoreDeadLetter(uuid, `${latestContext(record)} (restored by reconcile)`);
      deadCount++;
    } else jobs.push({ id: uuid, position });
  }
  await queue.restoreLostJobs(jobs);
  // They left the phase at this moment, or in a process of a release that does not maintain the index.
  if (kind === "stopper" && stale.length > 0) await wms.store.indexes.repairStoppingIndex(partition, stale);
  return deadCount + jobs.length;
}

/** The taskforces that have left the phase of their job. */
async function findUnwanted(
  wms: WmsWithoutMqs,
  kind: LeasedQueueName,
  ids: readonly TaskforceUuid[],
): Promise<TaskforceUuid[]> {
  const unwanted: TaskforceUuid[] = [];
  const suspects = await wms.store.indexes.filterNotWaiting(kind, ids);
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", suspects))
    if (queuePositionOf(kind, record) === undefined) unwanted.push(uuid);
  return unwanted;
}

/** Drops the jobs that still exist and are still unwanted. */
async function dropUnwanted(
  wms: WmsWithoutMqs,
  kind: LeasedQueueName,
  queue: LeaseQueue,
  ids: readonly TaskforceUuid[],
): Promise<number> {
  const gone = new Set(await queue.missingJobs().findMissing(ids));
  const existing = ids.filter((uuid) => !gone.has(uuid));
  const unwanted = await findUnwanted(wms, kind, existing);
  await queue.ackAll(unwanted);
  return unwanted.length;
}
