import { type TaskforceUuid, workflowOf } from "../domain/ids.js";
import type { MissingJobs } from "../queues/missingJobs.js";
import { removeAbandonedStaging } from "../store/staging.js";
import type { Store } from "../store/store.js";
import { fanoutJobId } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { type ReconcileResult, reconcileLeaseQueues } from "./reconcileLeaseQueues.js";

/**
 * Compares the phases in the store, which are authoritative, with the queues, and repairs the queues: missing jobs are
 * added, jobs of taskforces in other phases are dropped. Safe in several processes and beside all other work: a hand-out
 * drops a job that was added needlessly.
 *
 * A pass reads both sides in batches, so that neither Redis nor this process is blocked even with a million taskforces.
 */
export async function reconcile(wms: Wms): Promise<ReconcileResult> {
  wms.queues.ensureSchedds(await wms.store.knownSchedds());
  await Promise.all(
    [...wms.queues.schedds().values()].flatMap(({ starter, stopper }) => [
      starter.restoreSettings(),
      stopper.restoreSettings(),
    ]),
  );
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
async function repairCounts({ store, log }: Wms): Promise<void> {
  for (let partition = 0; partition < store.partitions; partition++)
    if (await store.counts.repair(partition))
      log.warn({ partition }, "the counts of taskforces were wrong and are repaired");
}

/** Stores whose index of taskforces to stop this process has checked. */
const checkedStores = new WeakSet<Store>();

/**
 * Adds missing taskforces to the index of those to stop. A process of an older release does not maintain this index, so the
 * first pass of each process checks it. Every pass removes wrong members.
 */
async function repairStoppingIndex({ store, log }: Wms): Promise<void> {
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
async function reconcileBackground(wms: Wms): Promise<ReconcileResult> {
  const { store, queues } = wms;
  const [activationJobs, launchJobs, deactivationJobs] = [
    queues.activation.missingJobs(),
    queues.launch.missingJobs(),
    queues.deactivation.missingJobs(),
  ];
  let added = 0;
  for (let partition = 0; partition < store.partitions; partition++) {
    for await (const uuids of store.indexes.scanPhase(partition, "pre-mq-activation")) {
      const lacking = await store.indexes.filterInPhase(
        "pre-mq-activation",
        await withoutActivationJob(activationJobs, uuids),
      );
      const workflows = [...new Set(lacking.map(workflowOf))];
      await queues.activation.add(workflows.map((id) => ({ id })));
      added += workflows.length;
    }
    for await (const uuids of store.indexes.scanPhase(partition, "pre-launch")) {
      const lacking = await store.indexes.filterInPhase("pre-launch", await launchJobs.findMissing(uuids));
      await queues.launch.add(lacking.map((id) => ({ id })));
      added += lacking.length;
    }
    for await (const workflows of store.indexes.scanDeactivating(partition)) {
      const lacking = await deactivationJobs.findMissing(workflows);
      await queues.deactivation.add(lacking.map((id) => ({ id })));
      added += lacking.length;
    }
    await removeAbandonedStaging(store, partition);
    await store.summaries.markLeasedDirty(partition);
    if ((await store.summaries.dirtyCount(partition)) > 0) await queues.fanout.add([{ id: fanoutJobId(partition) }]);
  }
  return { added, dropped: 0 };
}

/** Taskforces that neither their workflow's activation job nor one of their own will activate. */
async function withoutActivationJob(jobs: MissingJobs, waiting: readonly TaskforceUuid[]): Promise<TaskforceUuid[]> {
  const workflowsWithoutJob = new Set(await jobs.findMissing([...new Set(waiting.map(workflowOf))]));
  return jobs.findMissing(waiting.filter((uuid) => workflowsWithoutJob.has(workflowOf(uuid))));
}
