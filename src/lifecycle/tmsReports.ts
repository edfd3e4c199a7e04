import { cutSubmitDict } from "../domain/cutReports.js";
import { cutText } from "../domain/cutText.js";
import { MAX_TEXT_BYTES } from "../domain/entityLimits.js";
import { isTaskforceUuid, type TaskforceUuid } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { SubmitReport } from "../domain/taskforce.js";
import { notFound, type WmsError } from "../domain/wmsError.js";
import { type ScheddQueues, STOPPER_RANK } from "../queues/queues.js";
import type { EffectGuard } from "../store/effectGuard.js";
import type { TaskforceQueueState } from "../store/store.js";
import { createLogEntry, scheduleFanout, syncQueue } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { stopTaskforce } from "./deactivate.js";
import { entityNotFound, explainNotFound } from "./entityNotFound.js";
import { handOutBackoffMs, hasExhaustedRetries, starterRankOf } from "./handOut.js";

type NotFound = (wms: Wms, uuid: string) => Promise<WmsError>;
const noPendingStarter = (uuid: string): string => `no 'pending-starter' taskforce found with uuid: ${uuid}`;
const pendingStarterNotFound: NotFound = (wms, uuid) => explainNotFound(wms, uuid, noPendingStarter(uuid));
const taskforceNotFound: NotFound = (wms, uuid) => entityNotFound(wms, "taskforce", uuid);

/** Fetches the taskforce of a report. Its log, which may be long, is not read. */
async function fetchReported(wms: Wms, uuid: string, createError: NotFound) {
  const state = isTaskforceUuid(uuid) ? await wms.store.fetchQueueState(uuid) : undefined;
  if (state === undefined) throw await createError(wms, uuid);
  return { uuid: state.uuid, state, queues: wms.queues.forSchedd(state.schedd) };
}

const ERROR_PREFIX = "ERROR: ";

/** Cuts the error of a report, so that the context with {@link ERROR_PREFIX} has the size of a log entry. */
function cutError({ log }: Wms, taskforce: string, error: string): string {
  const { text, cutFromBytes } = cutText(error, MAX_TEXT_BYTES - ERROR_PREFIX.length);
  if (cutFromBytes !== undefined) log.warn({ taskforce, field: "error", bytes: cutFromBytes }, CUT_MESSAGE);
  return text;
}

const CUT_MESSAGE = "a report is too large and was cut";

/** Cuts the texts of a condor-submit report. */
function cutSubmitReport({ log }: Wms, taskforce: string, report: SubmitReport): SubmitReport {
  const { text: job_event_log_fpath, cutFromBytes } = cutText(report.job_event_log_fpath);
  if (cutFromBytes !== undefined)
    log.warn({ taskforce, field: "job_event_log_fpath", bytes: cutFromBytes }, CUT_MESSAGE);
  const { value: submit_dict, cut } = cutSubmitDict(report.submit_dict);
  if (cut !== undefined) log.warn({ taskforce, field: "submit_dict", cut }, CUT_MESSAGE);
  return { ...report, job_event_log_fpath, submit_dict };
}

/**
 * Records that the TMS submitted a taskforce to HTCondor. A repeated report changes nothing. If the workflow is deactivated
 * by now, the cluster is handed out to be removed.
 *
 * @param reporter the caller
 * @throws WmsError `not-found` when the taskforce is not pending-starter; the stray cluster is recorded
 */
export async function reportSubmit(wms: Wms, uuid: string, report: SubmitReport, reporter: string): Promise<void> {
  if (!isTaskforceUuid(uuid)) throw await recordStrayCluster(wms, uuid, report);
  const { outcome, schedd } = await wms.store.transitions.recordSubmit(uuid, cutSubmitReport(wms, uuid, report), {
    submitted: createLogEntry(wms, "condor-submit", true, "tms", PHASE_CHANGE_CONTEXTS.submitted),
    deactivated: createLogEntry(wms, "condor-submit", false, "tms", PHASE_CHANGE_CONTEXTS.submittedTooLate),
  });
  if (outcome === "missing") throw await recordStrayCluster(wms, uuid, report);
  if (outcome === "not-pending") throw await recordStrayCluster(wms, uuid, report, schedd);
  if (outcome === "repeated") return;
  // The deactivation may not have reached this taskforce. A hand-out would drop the stopper job of another phase.
  if (outcome === "workflow-deactivated") await syncQueue(wms, "stopper", () => stopTaskforce(wms, uuid));
  await syncQueue(wms, "starter", () => wms.queues.forSchedd(schedd).starter.ack(uuid, reporter));
  scheduleFanout(wms, uuid);
}

/**
 * Logs and records a cluster that HTCondor runs but the service rejects: an operator must remove it.
 *
 * @param schedd undefined when the taskforce is unknown
 */
async function recordStrayCluster(
  wms: Wms,
  uuid: string,
  { cluster_id }: SubmitReport,
  schedd?: string,
): Promise<Error> {
  const { events, log, store } = wms;
  events.emit("strayCluster");
  log.error(
    { taskforce: uuid, cluster_id },
    "stray cluster: HTCondor runs it, but the taskforce is no longer pending-starter; remove the cluster",
  );
  const reason = schedd === undefined ? "unknown taskforce" : "no longer pending-starter";
  // The answer is a 404 in any case: it makes the TMS remove the cluster.
  await store.strayClusters
    .record({ schedd: schedd ?? null, cluster_id, taskforce_uuid: uuid, reason })
    .catch((error: unknown) => log.warn({ err: error, taskforce: uuid, cluster_id }, "stray cluster not recorded"));
  return pendingStarterNotFound(wms, uuid).catch(() => notFound(noPendingStarter(uuid)));
}

/** A report that the TMS could not do something. */
export interface FailureReport {
  error: string;
  /** The caller. It ends only its own lease: another one has a taskforce that is handed out again. */
  reporter: string;
  /** Recognizes the repetition of a report whose response was lost. */
  guard?: EffectGuard | undefined;
}

/**
 * Records that the TMS could not submit a taskforce. Under a lease of the reporter the failure counts: the taskforce is handed
 * out again after a growing wait, and becomes a dead letter after too many failures. A late report, without such a lease,
 * counts nothing.
 *
 * @throws WmsError `not-found` when the taskforce is not pending-starter
 * @throws EffectRefusedError by the guard
 */
export async function reportSubmitFailed(
  wms: Wms,
  uuid: string,
  { error, reporter, guard }: FailureReport,
): Promise<void> {
  await guard?.check?.();
  const { uuid: known, state, queues } = await fetchReported(wms, uuid, pendingStarterNotFound);
  const reason = cutError(wms, known, error);
  const wasLeased =
    state.phase === "pending-starter" && (await requeueOrMoveToDeadLetters(wms, state, queues, { reason, reporter }));
  const entry = createLogEntry(wms, "condor-submit", false, "tms", `${ERROR_PREFIX}${reason}`);
  const outcome = await wms.store.transitions.recordSubmitFailure(known, entry, { isLeased: wasLeased, guard });
  if (outcome === "missing" || outcome === "not-pending") throw await pendingStarterNotFound(wms, uuid);
  scheduleFanout(wms, known);
  // The requeued job is no longer wanted.
  if (outcome === "workflow-deactivated") await syncQueue(wms, "starter", () => queues.starter.ack(known));
}

/**
 * Ends the lease before the failure is counted. Only one of several reports of a failure can end it, so none counts twice.
 * A crash in between leaves one failure uncounted.
 */
async function requeueOrMoveToDeadLetters(
  wms: Wms,
  state: TaskforceQueueState,
  { starter }: ScheddQueues,
  { reason, reporter }: { reason: string; reporter: string },
): Promise<boolean> {
  const { uuid } = state;
  const failures = (state.submit_failures ?? 0) + 1;
  if (!hasExhaustedRetries(wms, failures)) {
    const rank = starterRankOf({ ...state, submit_failures: failures });
    return starter.requeueLater(uuid, rank, handOutBackoffMs(wms, "starter", failures), reporter);
  }
  const isDeadLetter = await starter.moveToDeadLetters(uuid, reason, reporter);
  if (isDeadLetter)
    wms.log.error(
      { taskforce: uuid, failures, reason },
      "condor-submit failed too often; the taskforce is a dead letter, which an operator can retry",
    );
  return isDeadLetter;
}

/** Records that the TMS removed a taskforce from HTCondor. @throws WmsError `not-found` */
export async function reportRemoved(wms: Wms, uuid: string, reporter: string): Promise<void> {
  const { uuid: known, queues } = await fetchReported(wms, uuid, taskforceNotFound);
  const found = await wms.store.transitions.recordRemoval(known, {
    removed: createLogEntry(wms, "condor-rm", true, "tms", PHASE_CHANGE_CONTEXTS.removed),
    tooLate: createLogEntry(wms, "condor-rm", false, "tms", PHASE_CHANGE_CONTEXTS.removedTooLate),
  });
  if (!found) throw await taskforceNotFound(wms, uuid);
  await removeFromQueues(wms, known, queues, reporter);
}

/**
 * Records that the TMS could not remove a taskforce from HTCondor. It is handed out again after a growing wait, without a
 * limit, because a cluster must not stay running.
 *
 * @throws WmsError `not-found`
 * @throws EffectRefusedError by the guard
 */
export async function reportRemoveFailed(
  wms: Wms,
  uuid: string,
  { error, reporter, guard }: FailureReport,
): Promise<void> {
  await guard?.check?.();
  const { uuid: known, state, queues } = await fetchReported(wms, uuid, taskforceNotFound);
  const reason = cutError(wms, known, error);
  const failures = (state.remove_failures ?? 0) + 1;
  const backoffMs = handOutBackoffMs(wms, "stopper", failures);
  const wasLeased = await queues.stopper.requeueLater(known, STOPPER_RANK, backoffMs, reporter);
  const entry = createLogEntry(wms, "condor-rm", false, "tms", `${ERROR_PREFIX}${reason}`);
  const failureCount = await wms.store.transitions.recordRemovalFailure(known, entry, { isLeased: wasLeased, guard });
  if (failureCount === undefined) throw await taskforceNotFound(wms, uuid);
  scheduleFanout(wms, known);
  if (wasLeased && hasExhaustedRetries(wms, failureCount)) {
    wms.log.error(
      { taskforce: uuid, failures: failureCount, reason },
      "condor-rm keeps failing; the taskforce will be handed out again",
    );
    await syncQueue(wms, "stopper", () =>
      queues.stopper.updateProgress(known, { failing: failureCount, error: reason }),
    );
  }
}

/**
 * Records that a taskforce's HTCondor cluster ended.
 *
 * @param completedSeconds epoch seconds
 * @throws WmsError `not-found`
 */
export async function reportCompleted(
  wms: Wms,
  uuid: string,
  completedSeconds: number,
  reporter: string,
): Promise<void> {
  const { uuid: known, queues } = await fetchReported(wms, uuid, taskforceNotFound);
  const entry = createLogEntry(wms, "condor-complete", true, "tms", PHASE_CHANGE_CONTEXTS.completed, completedSeconds);
  if (!(await wms.store.transitions.recordCompletion(known, entry))) throw await taskforceNotFound(wms, uuid);
  await removeFromQueues(wms, known, queues, reporter);
}

/** Ends all jobs of a taskforce that is removed or complete. */
async function removeFromQueues(
  wms: Wms,
  uuid: TaskforceUuid,
  { starter, stopper }: ScheddQueues,
  reporter: string,
): Promise<void> {
  await syncQueue(wms, "stopper", () => stopper.ack(uuid, reporter));
  await syncQueue(wms, "starter", () => starter.ack(uuid));
  scheduleFanout(wms, uuid);
}
