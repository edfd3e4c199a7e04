import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import { LEASED_PHASE } from "../domain/phases.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { ScheddQueues } from "../queues/queues.js";
import { STOPPER_RANK } from "../queues/rank.js";
import { newestContext, type TaskforceRecord } from "../store/records.js";
import { sweepStaged } from "../store/staging.js";
import type { Wms } from "./context.js";
import { fanoutJobId } from "./fanout.js";
import { isDead, rankOfRecord, wantsStart, wantsStop } from "./ranks.js";
import { finishRetries } from "./retry.js";

/** What a pass mended. */
export interface Reconciled {
  added: number;
  dropped: number;
}

/**
 * Compares the truth, the phases in the store, with its projection, the queues, and mends the queues: what lacks its job
 * gets it back, jobs without their phase are dropped. Safe beside everything else, and in several processes at once: a
 * job that is added needlessly is dropped when it is taken.
 */
export async function reconcile(wms: Wms): Promise<Reconciled> {
  wms.queues.learn(await wms.store.knownSchedds());
  await Promise.all(
    [...wms.queues.schedds().values()].flatMap(({ starter, stopper }) => [
      starter.restoreSettings(),
      stopper.restoreSettings(),
    ]),
  );
  const passes = {
    background: await reconcileBackground(wms),
    starter: await reconcileLeased(wms, "starter"),
    stopper: await reconcileLeased(wms, "stopper"),
  };
  await mendCounts(wms);
  const total = { added: 0, dropped: 0 };
  for (const queue of ["background", "starter", "stopper"] as const) {
    const { added, dropped } = passes[queue];
    if (added + dropped > 0) wms.events.emit("queuesMended", { queue, added, dropped });
    total.added += added;
    total.dropped += dropped;
  }
  return total;
}

/** The numbers of taskforces are a projection of the phases, too. */
async function mendCounts({ store, log }: Wms): Promise<void> {
  for (let partition = 0; partition < store.partitions; partition++)
    if (await store.counts.mend(partition)) log.warn({ partition }, "the taskforces were counted anew");
}

/** Background jobs whose work is gone need no dropping: they find nothing to do and end. */
async function reconcileBackground(wms: Wms): Promise<Reconciled> {
  const { store, queues } = wms;
  const [activating, launching, deactivating] = await Promise.all([
    queues.activation.ids(),
    queues.launch.ids(),
    queues.deactivation.ids(),
  ]);
  let added = 0;
  for (let partition = 0; partition < store.partitions; partition++) {
    const toActivate = workflowsWithout(
      activating,
      await store.indexes.inPhase(partition, "pre-mq-activation"),
    );
    const toLaunch = (await store.indexes.inPhase(partition, "pre-launch")).filter(
      (id) => !launching.has(id),
    );
    const toDeactivate = (await store.indexes.deactivating(partition)).filter((id) => !deactivating.has(id));
    await queues.activation.add(toActivate.map((id) => ({ id })));
    await queues.launch.add(toLaunch.map((id) => ({ id })));
    await queues.deactivation.add(toDeactivate.map((id) => ({ id })));
    added += toActivate.length + toLaunch.length + toDeactivate.length;

    await sweepStaged(store, partition);
    await store.summaries.restoreDirty(partition);
    if ((await store.summaries.dirtyCount(partition)) > 0)
      await queues.fanout.add([{ id: fanoutJobId(partition) }]);
  }
  return { added, dropped: 0 };
}

/** A taskforce is activated by its workflow's job, or by one of its own when it was added later. */
function workflowsWithout(jobs: ReadonlySet<string>, waiting: readonly TaskforceUuid[]): WorkflowId[] {
  const lacking = waiting.filter((uuid) => !jobs.has(uuid) && !jobs.has(workflowOf(uuid)));
  return [...new Set(lacking.map(workflowOf))];
}

/** How the two kinds of leased queues differ. */
const LEASED = {
  starter: { phase: LEASED_PHASE.starter, wanted: wantsStart, rank: rankOfRecord },
  stopper: { phase: LEASED_PHASE.stopper, wanted: wantsStop, rank: () => STOPPER_RANK },
} as const;

async function reconcileLeased(wms: Wms, kind: keyof ScheddQueues): Promise<Reconciled> {
  const { phase, wanted } = LEASED[kind];
  const inPhase = new Set<TaskforceUuid>();
  for (let partition = 0; partition < wms.store.partitions; partition++)
    for (const uuid of await wms.store.indexes.inPhase(partition, phase)) inPhase.add(uuid);

  const queued = new Set<string>();
  let added = 0;
  let dropped = 0;
  for (const queues of wms.queues.schedds().values()) {
    const { live, dead } = await queues[kind].ids();
    const ids = [...live, ...dead];
    for (const id of ids) queued.add(id);
    const suspects = ids.filter((id) => !inPhase.has(id as TaskforceUuid)) as TaskforceUuid[];
    // Read again: the queue was read later than the index, and may be right.
    for (const { uuid, record } of await recordsOf(wms, suspects))
      if (!wanted(record)) {
        await queues[kind].end(uuid);
        dropped++;
      }
    if (kind === "starter") added += await finishRetries(wms, queues.starter, [...dead] as TaskforceUuid[]);
  }
  const lacking = await recordsOf(
    wms,
    [...inPhase].filter((uuid) => !queued.has(uuid)),
  );
  return { added: added + (await restore(wms, kind, lacking)), dropped };
}

interface Found {
  uuid: TaskforceUuid;
  record: TaskforceRecord | undefined;
}

async function recordsOf(wms: Wms, uuids: readonly TaskforceUuid[]): Promise<Found[]> {
  const found: Found[] = [];
  for await (const [uuid, record] of wms.store.fetchEach("taskforce", uuids)) found.push({ uuid, record });
  return found;
}

/** Puts taskforces back into their queues: those that waited longest first, dead ones among the dead letters. */
async function restore(wms: Wms, kind: keyof ScheddQueues, lacking: readonly Found[]): Promise<number> {
  const { wanted, rank } = LEASED[kind];
  const waiting = lacking
    .flatMap(({ uuid, record }) => (wanted(record) ? [{ uuid, record }] : []))
    .sort((a, b) => Number(a.record.since) - Number(b.record.since));
  for (const { uuid, record } of waiting) {
    const queue: LeaseQueue = wms.queues.of(record.schedd)[kind];
    if (kind === "starter" && isDead(wms, record))
      // Its newest entry is the failure that was one too many.
      await queue.restoreDead(uuid, `${newestContext(record)} (restored by reconcile)`);
    else await queue.add([{ id: uuid, rank: rank(record) }]);
  }
  return waiting.length;
}
