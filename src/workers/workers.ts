import { once } from "node:events";
import { nextEpochSeconds } from "../domain/clock.js";
import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import { PHASE_OF_LEASED_QUEUE } from "../domain/phases.js";
import { exponentialBackoffMs } from "../domain/time.js";
import { activateWorkflow } from "../lifecycle/activate.js";
import { fanoutJobId, scheduleFanout } from "../lifecycle/changeEffects.js";
import type { Wms } from "../lifecycle/context.js";
import { finishDeactivation } from "../lifecycle/deactivate.js";
import { queuePositionOf } from "../lifecycle/handOut.js";
import { reconcile } from "../lifecycle/reconcile.js";
import { BACKGROUND_QUEUE_NAMES } from "../queues/queues.js";
import type { RetentionSettings } from "../transfer/retention.js";
import { summarizeDirtyWorkflows } from "../views/summary/summarize.js";
import {
  type BackgroundWork,
  type BackgroundWorker,
  type BackgroundWorkerOptions,
  PermanentFailure,
  RetryLater,
  startBackgroundWorker,
} from "./backgroundWorker.js";
import { startPeriodic } from "./periodic.js";
import { retentionWork } from "./retention.js";
import { webhookWork } from "./webhookWork.js";

/** The longest wait between two attempts to activate a workflow's queues. */
const MAX_ACTIVATION_BACKOFF_MS = 3_600_000;

interface WorkerOptions extends BackgroundWorkerOptions {
  reconcileSeconds: number;
  /** Seconds before the second attempt to activate queues. The wait doubles with each further one. */
  activationRetryWaitSeconds: number;
  /** Seconds before the second attempt to call a webhook. The wait doubles with each further one. */
  webhookRetryWaitSeconds: number;
  /** Undefined: no workflow is removed. */
  retention?: RetentionSettings | undefined;
}

/** The running workers of a process. */
export interface Workers {
  /** Ends them after their active jobs. @param forceSignal requeues the jobs that are still active */
  close(forceSignal: AbortSignal): Promise<void>;
}

/** Starts the background workers and the periodic work. */
export function startWorkers(wms: Wms, options: WorkerOptions): Workers {
  const workers = defineBackgroundWork(wms, options).map((work) => startBackgroundWorker(work, options, wms));
  rescheduleFanoutOnCompletion(wms, workers);
  const stopping = new AbortController();
  const { retention } = options;
  const periodicWork = [
    { name: "reclaim", intervalMs: 500, runOnce: () => reclaimLeases(wms) },
    { name: "reconcile", intervalMs: options.reconcileSeconds * 1000, runOnce: () => reconcileAndLog(wms) },
    ...(retention === undefined ? [] : [retentionWork(wms, retention, stopping.signal)]),
  ].map((work) => startPeriodic(work, wms));
  return {
    async close(forceSignal) {
      stopping.abort();
      const closing = Promise.allSettled([...periodicWork, ...workers].map((each) => each.close()));
      if ((await Promise.race([closing, waitForAbort(forceSignal)])) === "aborted")
        await Promise.all(workers.map((worker) => worker.requeueActiveJobs()));
    },
  };
}

async function waitForAbort(signal: AbortSignal): Promise<"aborted"> {
  if (!signal.aborted) await once(signal, "abort");
  return "aborted";
}

function defineBackgroundWork(
  wms: Wms,
  { activationRetryWaitSeconds, webhookRetryWaitSeconds }: WorkerOptions,
): BackgroundWork[] {
  return [
    {
      queue: BACKGROUND_QUEUE_NAMES.activation,
      // An activation mostly waits for the MQS. A hanging one must not block the others.
      concurrency: 100,
      retryLaterDelayMs: (attempts) =>
        exponentialBackoffMs(1000 * activationRetryWaitSeconds, attempts, MAX_ACTIVATION_BACKOFF_MS),
      work: async (workflow) => {
        const activation = await activateWorkflow(wms, workflow as WorkflowId);
        if (activation.outcome === "not-yet") throw new RetryLater(activation.reason, activation.waitSeconds);
        if (activation.outcome === "refused") throw new PermanentFailure(activation.reason);
      },
    },
    {
      queue: BACKGROUND_QUEUE_NAMES.deactivation,
      concurrency: 4,
      work: (id, _, offset) => finishDeactivation(wms, id as WorkflowId, offset),
    },
    {
      queue: BACKGROUND_QUEUE_NAMES.fanout,
      concurrency: 2,
      work: (id) => summarizeDirtyWorkflows(wms, partitionOfJob(wms, id)),
    },
    webhookWork(wms, webhookRetryWaitSeconds),
  ];
}

function partitionOfJob(wms: Wms, jobId: string): number {
  const partition = [...Array(wms.store.partitions).keys()].find((p) => fanoutJobId(p) === jobId);
  if (partition === undefined) throw new PermanentFailure(`no partition for the job ${jobId}`);
  return partition;
}

/**
 * Adds a partition's fan-out job again if the partition has dirty workflows when the job ends. BullMQ ignores a job whose id
 * is active, so a change at the end of a job would otherwise be lost.
 */
function rescheduleFanoutOnCompletion(wms: Wms, workers: readonly BackgroundWorker[]): void {
  const fanout = workers.find(({ worker }) => worker.name === BACKGROUND_QUEUE_NAMES.fanout);
  fanout?.worker.on("completed", (job) => {
    const id = job.id ?? "";
    wms.store.summaries
      .dirtyCount(partitionOfJob(wms, id))
      .then((dirty) => (dirty > 0 ? wms.queues.fanout.add([{ id }]) : undefined))
      .catch((error: unknown) => wms.log.debug({ err: error }, "fan-out job not added again; reconcile adds it"));
  });
}

async function reclaimLeases(wms: Wms): Promise<void> {
  for (const [schedd, queues] of wms.queues.schedds())
    for (const queue of ["starter", "stopper"] as const) {
      const { reclaimed, dropped } = await queues[queue].reclaim(async (id) =>
        queuePositionOf(queue, await wms.store.fetch("taskforce", id as TaskforceUuid)),
      );
      if (reclaimed.length + dropped.length === 0) continue;
      wms.events.emit("leasesExpired", { queue, schedd, reclaimed: reclaimed.length, dropped: dropped.length });
      wms.log.warn({ schedd, queue, reclaimed, dropped }, "leases expired; their taskforces are handed out again");
      const uuids = reclaimed as TaskforceUuid[];
      await wms.store.transitions.recordExpiredLeases(uuids, PHASE_OF_LEASED_QUEUE[queue], nextEpochSeconds());
      for (const uuid of uuids) scheduleFanout(wms, uuid);
    }
}

async function reconcileAndLog(wms: Wms): Promise<void> {
  const startedAtMs = performance.now();
  const { added, dropped } = await reconcile(wms);
  wms.events.emit("reconciled", { seconds: (performance.now() - startedAtMs) / 1000, added, dropped });
  if (added + dropped > 0)
    wms.log.warn({ added, dropped }, "the queues were out of line with the store and are repaired");
}
