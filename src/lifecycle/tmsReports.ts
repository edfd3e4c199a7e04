import { notFound } from "../domain/wmsError.js";
import { isTaskforceUuid, type TaskforceUuid } from "../domain/ids.js";
import { CONTEXTS } from "../domain/phases.js";
import type { SubmitReport } from "../domain/taskforce.js";
import type { ScheddQueues } from "../queues/queues.js";
import { STOPPER_RANK } from "../queues/rank.js";
import type { TaskforceRecord } from "../store/records.js";
import type { Wms } from "./context.js";
import { stopTaskforce } from "./deactivate.js";
import { wakeFanout } from "./fanout.js";
import { tmsEntry } from "./phaseChangeLog.js";
import { project } from "./syncQueue.js";
import { isExhausted, rankOfRecord, starterWait, stopperWait } from "./handOutRules.js";

const noPendingStarter = (uuid: string) =>
  notFound(`no 'pending-starter' taskforce found with uuid: ${uuid}`);
const noTaskforce = (uuid: string) => notFound(`no taskforce found with uuid: ${uuid}`);

interface Reported {
  uuid: TaskforceUuid;
  record: TaskforceRecord;
  queues: ScheddQueues;
}

/** The taskforce that a report is about. */
async function reported(wms: Wms, uuid: string, missing: (uuid: string) => Error): Promise<Reported> {
  const record = isTaskforceUuid(uuid) ? await wms.store.fetch("taskforce", uuid) : undefined;
  if (record === undefined) throw missing(uuid);
  return { uuid: uuid as TaskforceUuid, record, queues: wms.queues.of(record.schedd) };
}

/**
 * The TMS submitted a taskforce to HTCondor. The same report again changes nothing. When the workflow was deactivated
 * meanwhile, the cluster is handed out to be stopped.
 *
 * @throws WmsError `not-found` when the taskforce is not pending-starter; then HTCondor runs a cluster that nobody knows,
 *   and the log says so
 */
export async function reportSubmit(wms: Wms, uuid: string, report: SubmitReport): Promise<void> {
  if (!isTaskforceUuid(uuid)) throw strayCluster(wms, uuid, report);
  const { outcome, schedd } = await wms.store.transitions.recordSubmit(uuid, report, {
    submitted: tmsEntry(wms, "condor-submit", true, CONTEXTS.submitted),
    deactivated: tmsEntry(wms, "condor-submit", false, CONTEXTS.submittedTooLate),
  });
  if (outcome === "missing" || outcome === "not-pending") throw strayCluster(wms, uuid, report);
  if (outcome === "repeated") return;
  if (outcome === "submitted") await project(wms, "starter", () => wms.queues.of(schedd).starter.end(uuid));
  // The deactivation may not have got here yet: a stopper job for a taskforce that is not pending-stopper would be dropped.
  else await project(wms, "stopper", () => stopTaskforce(wms, uuid));
  wakeFanout(wms, uuid);
}

/** HTCondor runs a cluster that the service can't take: whoever reads the log must remove it. */
function strayCluster(wms: Wms, uuid: string, { cluster_id }: SubmitReport): Error {
  wms.events.emit("strayCluster");
  wms.log.error(
    { taskforce: uuid, cluster_id },
    "stray cluster: HTCondor runs it, but the taskforce is no longer pending-starter; remove the cluster",
  );
  return noPendingStarter(uuid);
}

/**
 * The TMS could not submit a taskforce. Under a lease this counts: the taskforce is handed out again after a growing wait,
 * and becomes a dead letter when it has failed too often. A repeat, without a lease, counts nothing.
 *
 * @throws WmsError `not-found` when the taskforce is not pending-starter
 */
export async function reportSubmitFailed(wms: Wms, uuid: string, reason: string): Promise<void> {
  const { uuid: known, record, queues } = await reported(wms, uuid, noPendingStarter);
  const leased =
    record.phase === "pending-starter" && (await endStarterLease(wms, known, record, queues, reason));
  const entry = tmsEntry(wms, "condor-submit", false, `ERROR: ${reason}`);
  const outcome = await wms.store.transitions.recordSubmitFailure(known, leased, entry);
  if (outcome === "missing" || outcome === "not-pending") throw noPendingStarter(uuid);
  wakeFanout(wms, known);
  // The lease ended in a starter queue where the taskforce has no business any more.
  if (outcome === "workflow-deactivated") await project(wms, "starter", () => queues.starter.end(known));
}

/**
 * Ends the lease before the failure is counted: only one of several reports of the same failure can do that, so none
 * counts twice. A crash in between leaves one failure uncounted.
 */
async function endStarterLease(
  wms: Wms,
  uuid: TaskforceUuid,
  record: TaskforceRecord,
  { starter }: ScheddQueues,
  reason: string,
): Promise<boolean> {
  const failures = (record.submit_failures ?? 0) + 1;
  if (!isExhausted(wms, failures))
    return starter.postpone(
      uuid,
      rankOfRecord({ ...record, submit_failures: failures }),
      starterWait(wms, failures),
    );
  const buried = await starter.bury(uuid, reason);
  if (buried)
    wms.log.error({ taskforce: uuid, failures, reason }, "condor-submit failed for the last time: given up");
  return buried;
}

/** The TMS removed a taskforce from HTCondor. @throws WmsError `not-found` */
export async function reportRemoved(wms: Wms, uuid: string): Promise<void> {
  const { uuid: known, queues } = await reported(wms, uuid, noTaskforce);
  const found = await wms.store.transitions.recordRemoval(known, {
    removed: tmsEntry(wms, "condor-rm", true, CONTEXTS.removed),
    tooLate: tmsEntry(wms, "condor-rm", false, CONTEXTS.removedTooLate),
  });
  if (!found) throw noTaskforce(uuid);
  await leaveQueues(wms, known, queues);
}

/**
 * The TMS could not remove a taskforce from HTCondor. It is handed out again after a growing wait, for ever: a cluster
 * must not be left running.
 *
 * @throws WmsError `not-found`
 */
export async function reportRemoveFailed(wms: Wms, uuid: string, reason: string): Promise<void> {
  const { uuid: known, record, queues } = await reported(wms, uuid, noTaskforce);
  const failures = (record.remove_failures ?? 0) + 1;
  const leased = await queues.stopper.postpone(known, STOPPER_RANK, stopperWait(wms, failures));
  const entry = tmsEntry(wms, "condor-rm", false, `ERROR: ${reason}`);
  const counted = await wms.store.transitions.recordRemovalFailure(known, leased, entry);
  if (counted === undefined) throw noTaskforce(uuid);
  wakeFanout(wms, known);
  if (leased && isExhausted(wms, counted)) {
    wms.log.error(
      { taskforce: uuid, failures: counted, reason },
      "condor-rm keeps failing; it goes on being tried",
    );
    await project(wms, "stopper", () =>
      queues.stopper.showProgress(known, { failing: counted, error: reason }),
    );
  }
}

/**
 * A taskforce's HTCondor cluster ended.
 *
 * @param at when it ended, in epoch seconds
 * @throws WmsError `not-found`
 */
export async function reportCompleted(wms: Wms, uuid: string, at: number): Promise<void> {
  const { uuid: known, queues } = await reported(wms, uuid, noTaskforce);
  const entry = tmsEntry(wms, "condor-complete", true, CONTEXTS.completed, at);
  if (!(await wms.store.transitions.recordCompletion(known, entry))) throw noTaskforce(uuid);
  await leaveQueues(wms, known, queues);
}

/** Nothing about a taskforce that is removed or complete stays queued. */
async function leaveQueues(wms: Wms, uuid: TaskforceUuid, { starter, stopper }: ScheddQueues): Promise<void> {
  await project(wms, "stopper", () => stopper.end(uuid));
  await project(wms, "starter", () => starter.end(uuid));
  wakeFanout(wms, uuid);
}
