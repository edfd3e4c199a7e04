import { isTaskforceUuid, type TaskforceUuid } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { SubmitReport } from "../domain/taskforce.js";
import { notFound } from "../domain/wmsError.js";
import type { ScheddQueues } from "../queues/queues.js";
import { STOPPER_RANK } from "../queues/rank.js";
import type { TaskforceRecord } from "../store/records.js";
import type { Wms } from "./context.js";
import { stopTaskforce } from "./deactivate.js";
import { hasExhaustedRetries, starterBackoffMs, starterRankOf, stopperBackoffMs } from "./handOut.js";
import { createTmsLogEntry } from "./phaseChangeLog.js";
import { scheduleFanout, syncQueue } from "./syncQueue.js";

const pendingStarterNotFound = (uuid: string) => notFound(`no 'pending-starter' taskforce found with uuid: ${uuid}`);
const taskforceNotFound = (uuid: string) => notFound(`no taskforce found with uuid: ${uuid}`);

interface ReportedTaskforce {
  uuid: TaskforceUuid;
  record: TaskforceRecord;
  queues: ScheddQueues;
}

/** The taskforce that a report is about. */
async function fetchReported(wms: Wms, uuid: string, createError: (uuid: string) => Error): Promise<ReportedTaskforce> {
  const record = isTaskforceUuid(uuid) ? await wms.store.fetch("taskforce", uuid) : undefined;
  if (record === undefined) throw createError(uuid);
  return { uuid: uuid as TaskforceUuid, record, queues: wms.queues.forSchedd(record.schedd) };
}

/**
 * The TMS submitted a taskforce to HTCondor. The same report again changes nothing. When the workflow was deactivated
 * meanwhile, the cluster is handed out to be stopped.
 *
 * @throws WmsError `not-found` when the taskforce is not pending-starter; then HTCondor runs a cluster that nobody knows,
 *   and the log says so
 */
export async function reportSubmit(wms: Wms, uuid: string, report: SubmitReport): Promise<void> {
  if (!isTaskforceUuid(uuid)) throw recordStrayCluster(wms, uuid, report);
  const { outcome, schedd } = await wms.store.transitions.recordSubmit(uuid, report, {
    submitted: createTmsLogEntry(wms, "condor-submit", true, PHASE_CHANGE_CONTEXTS.submitted),
    deactivated: createTmsLogEntry(wms, "condor-submit", false, PHASE_CHANGE_CONTEXTS.submittedTooLate),
  });
  if (outcome === "missing" || outcome === "not-pending") throw recordStrayCluster(wms, uuid, report);
  if (outcome === "repeated") return;
  // First: the deactivation may not have reached it, and a hand-out drops stopper jobs of other phases.
  if (outcome === "workflow-deactivated") await syncQueue(wms, "stopper", () => stopTaskforce(wms, uuid));
  await syncQueue(wms, "starter", () => wms.queues.forSchedd(schedd).starter.ack(uuid));
  scheduleFanout(wms, uuid);
}

/** HTCondor runs a cluster that the service can't take: whoever reads the log must remove it. */
function recordStrayCluster(wms: Wms, uuid: string, { cluster_id }: SubmitReport): Error {
  wms.events.emit("strayCluster");
  wms.log.error(
    { taskforce: uuid, cluster_id },
    "stray cluster: HTCondor runs it, but the taskforce is no longer pending-starter; remove the cluster",
  );
  return pendingStarterNotFound(uuid);
}

/**
 * The TMS could not submit a taskforce. Under a lease this counts: the taskforce is handed out again after a growing wait,
 * and becomes a dead letter when it has failed too often. A repeat, without a lease, counts nothing.
 *
 * @throws WmsError `not-found` when the taskforce is not pending-starter
 */
export async function reportSubmitFailed(wms: Wms, uuid: string, reason: string): Promise<void> {
  const { uuid: known, record, queues } = await fetchReported(wms, uuid, pendingStarterNotFound);
  const wasLeased =
    record.phase === "pending-starter" && (await requeueOrMoveToDeadLetters(wms, known, record, queues, reason));
  const entry = createTmsLogEntry(wms, "condor-submit", false, `ERROR: ${reason}`);
  const outcome = await wms.store.transitions.recordSubmitFailure(known, wasLeased, entry);
  if (outcome === "missing" || outcome === "not-pending") throw pendingStarterNotFound(uuid);
  scheduleFanout(wms, known);
  // The lease ended in a starter queue where the taskforce has no business any more.
  if (outcome === "workflow-deactivated") await syncQueue(wms, "starter", () => queues.starter.ack(known));
}

/**
 * Ends the lease before the failure is counted: only one of several reports of the same failure can do that, so none
 * counts twice. A crash in between leaves one failure uncounted.
 */
async function requeueOrMoveToDeadLetters(
  wms: Wms,
  uuid: TaskforceUuid,
  record: TaskforceRecord,
  { starter }: ScheddQueues,
  reason: string,
): Promise<boolean> {
  const failures = (record.submit_failures ?? 0) + 1;
  if (!hasExhaustedRetries(wms, failures))
    return starter.requeueLater(
      uuid,
      starterRankOf({ ...record, submit_failures: failures }),
      starterBackoffMs(wms, failures),
    );
  const isDeadLetter = await starter.moveToDeadLetters(uuid, reason);
  if (isDeadLetter)
    wms.log.error({ taskforce: uuid, failures, reason }, "condor-submit failed for the last time: given up");
  return isDeadLetter;
}

/** The TMS removed a taskforce from HTCondor. @throws WmsError `not-found` */
export async function reportRemoved(wms: Wms, uuid: string): Promise<void> {
  const { uuid: known, queues } = await fetchReported(wms, uuid, taskforceNotFound);
  const found = await wms.store.transitions.recordRemoval(known, {
    removed: createTmsLogEntry(wms, "condor-rm", true, PHASE_CHANGE_CONTEXTS.removed),
    tooLate: createTmsLogEntry(wms, "condor-rm", false, PHASE_CHANGE_CONTEXTS.removedTooLate),
  });
  if (!found) throw taskforceNotFound(uuid);
  await removeFromQueues(wms, known, queues);
}

/**
 * The TMS could not remove a taskforce from HTCondor. It is handed out again after a growing wait, for ever: a cluster
 * must not be left running.
 *
 * @throws WmsError `not-found`
 */
export async function reportRemoveFailed(wms: Wms, uuid: string, reason: string): Promise<void> {
  const { uuid: known, record, queues } = await fetchReported(wms, uuid, taskforceNotFound);
  const failures = (record.remove_failures ?? 0) + 1;
  const wasLeased = await queues.stopper.requeueLater(known, STOPPER_RANK, stopperBackoffMs(wms, failures));
  const entry = createTmsLogEntry(wms, "condor-rm", false, `ERROR: ${reason}`);
  const failureCount = await wms.store.transitions.recordRemovalFailure(known, wasLeased, entry);
  if (failureCount === undefined) throw taskforceNotFound(uuid);
  scheduleFanout(wms, known);
  if (wasLeased && hasExhaustedRetries(wms, failureCount)) {
    wms.log.error(
      { taskforce: uuid, failures: failureCount, reason },
      "condor-rm keeps failing; it goes on being tried",
    );
    await syncQueue(wms, "stopper", () =>
      queues.stopper.updateProgress(known, { failing: failureCount, error: reason }),
    );
  }
}

/**
 * A taskforce's HTCondor cluster ended.
 *
 * @param completedSeconds when it ended, in epoch seconds
 * @throws WmsError `not-found`
 */
export async function reportCompleted(wms: Wms, uuid: string, completedSeconds: number): Promise<void> {
  const { uuid: known, queues } = await fetchReported(wms, uuid, taskforceNotFound);
  const entry = createTmsLogEntry(wms, "condor-complete", true, PHASE_CHANGE_CONTEXTS.completed, completedSeconds);
  if (!(await wms.store.transitions.recordCompletion(known, entry))) throw taskforceNotFound(uuid);
  await removeFromQueues(wms, known, queues);
}

/** Nothing about a taskforce that is removed or complete stays queued. */
async function removeFromQueues(wms: Wms, uuid: TaskforceUuid, { starter, stopper }: ScheddQueues): Promise<void> {
  await syncQueue(wms, "stopper", () => stopper.ack(uuid));
  await syncQueue(wms, "starter", () => starter.ack(uuid));
  scheduleFanout(wms, uuid);
}
