import { type TaskforceUuid, workflowOf } from "../domain/ids.js";
import type { MissingJobs } from "../queues/missingJobs.js";
import { removeAbandonedStaging } from "../store/staging.js";
import type { Store } from "../store/store.js";
import type { Wms } from "./context.js";
import { type ReconcileResult, reconcileLeaseQueues } from "./reconcileLeaseQueues.js";
import { fanoutJobId } from "./syncQueue.js";

/**
 * Compares the truth, the phases in the store, with its projection, the queues, and mends the queues: what lacks its job
 * gets it back, jobs without their phase are dropped. Safe beside everything else, and in several processes at once: a
 * job that is added needlessly is dropped when it is taken.
 *
 * Walks over both in pieces, and asks the other side about each: a pass over a million taskforces takes a while, but keeps
 * nobody from Redis or from this process.
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

/** The numbers of taskforces are a projection of the phases, too. */
async function repairCounts({ store, log }: Wms): Promise<void> {
  for (let partition = 0; partition < store.partitions; partition++)
    if (await store.counts.repair(partition)) log.warn({ partition }, "the taskforces were counted anew");
}

/** Stores whose index of what waits to be stopped this process has checked. */
const checkedStores = new WeakSet<Store>();

/**
 * So is the index of what waits to be stopped. Whoever ran until now may be of a release that did not keep it, so the first
 * pass of each process looks at all that are in the phase. What is wrongly in it each pass finds.
 */
async function repairStoppingIndex({ store, log }: Wms): Promise<void> {
  if (checkedStores.has(store)) return;
  let repairedCount = 0;
  for (let partition = 0; partition < store.partitions; partition++)
    for await (const uuids of store.indexes.scanPhase(partition, "pending-stopper"))
      repairedCount += await store.indexes.repairStoppingIndex(partition, uuids);
  if (repairedCount > 0)
    log.warn({ mended: repairedCount }, "the index of taskforces that wait to be stopped was mended");
  checkedStores.add(store);
}

/** Background jobs whose work is gone need no dropping: they find nothing to do and end. */
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

/** A taskforce is activated by its workflow's job, or by one of its own when it was added later. */
async function withoutActivationJob(jobs: MissingJobs, waiting: readonly TaskforceUuid[]): Promise<TaskforceUuid[]> {
  const workflowsWithoutJob = new Set(await jobs.findMissing([...new Set(waiting.map(workflowOf))]));
  return jobs.findMissing(waiting.filter((uuid) => workflowsWithoutJob.has(workflowOf(uuid))));
}
