import { nextEpochSeconds } from "../domain/clock.js";
import { isWorkflowId, type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES } from "../domain/phases.js";
import { notFound } from "../domain/wmsError.js";
import type { Deactivation } from "../domain/workflow.js";
import { STOPPER_RANK } from "../queues/rank.js";
import type { Wms } from "./context.js";
import { scheduleFanout } from "./fanout.js";
import { createLogEntry } from "./phaseChangeLog.js";
import { syncQueue } from "./syncQueue.js";

/** Taskforces for each step of a deactivation: short enough not to keep Redis or this process from others. */
const BATCH_TASKFORCES = 100;
/** Milliseconds that the request itself carries the deactivation on, before it leaves the rest to the worker. */
const INLINE_WORK_MS = 1000;

/** What the user is told. */
export interface DeactivationResult {
  workflow_id: WorkflowId;
  /** Taskforces that will be stopped. */
  n_taskforces: number;
}

/**
 * Deactivates a workflow: from the flip on none of its taskforces moves forward. Then its taskforces are told, here as far
 * as a second reaches, so that a read after the answer sees it, and in the worker what is left.
 *
 * @throws WmsError `not-found` for an unknown or already deactivated workflow
 */
export async function deactivateWorkflow(
  wms: Wms,
  id: string,
  deactivation: Deactivation,
): Promise<DeactivationResult> {
  const count = isWorkflowId(id)
    ? await wms.store.transitions.deactivate(id, deactivation, nextEpochSeconds())
    : undefined;
  if (!isWorkflowId(id) || count === undefined)
    throw notFound(`no non-deactivated workflow found with workflow_id='${id}'`);
  await syncQueue(wms, "deactivation", () => wms.queues.deactivation.add([{ id }]));
  await syncQueue(wms, "deactivation", () => continueDeactivation(wms, id, deactivation, Date.now() + INLINE_WORK_MS));
  scheduleFanout(wms, id);
  return { workflow_id: id, n_taskforces: count };
}

/** Finishes a deactivation, wherever it stopped. Idempotent; for the worker. */
export async function finishDeactivation(wms: Wms, workflow: WorkflowId): Promise<void> {
  const record = await wms.store.fetch("workflow", workflow);
  if (record?.deactivated === undefined) return;
  await continueDeactivation(wms, workflow, record.deactivated, Number.POSITIVE_INFINITY);
  scheduleFanout(wms, workflow);
}

/**
 * Tells one taskforce, in case its workflow's deactivation has not reached it yet, and has its cluster stopped if it has one.
 * Idempotent.
 */
export async function stopTaskforce(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  const workflow = await wms.store.fetch("workflow", workflowOf(uuid));
  if (workflow?.deactivated !== undefined) await stopBatch(wms, [uuid], workflow.deactivated);
}

/** @param deadlineMs epoch milliseconds; what is not done by then is left to the worker */
async function continueDeactivation(
  wms: Wms,
  workflow: WorkflowId,
  deactivation: Deactivation,
  deadlineMs: number,
): Promise<void> {
  const taskforces = await wms.store.indexes.taskforcesOf(workflow);
  for (let start = 0; start < taskforces.length; start += BATCH_TASKFORCES) {
    if (Date.now() > deadlineMs) return;
    await stopBatch(wms, taskforces.slice(start, start + BATCH_TASKFORCES), deactivation);
  }
  // Nobody needs the queues any more: no attempt is left to wait for, and no dead letter for the operator.
  await wms.queues.activation.remove(workflow);
  await wms.store.indexes.finishDeactivation(workflow);
}

async function stopBatch(wms: Wms, uuids: readonly TaskforceUuid[], deactivation: Deactivation): Promise<void> {
  const [movedContext, tooLateContext] =
    deactivation === "ABORTED"
      ? [PHASE_CHANGE_CONTEXTS.aborted, PHASE_CHANGE_CONTEXTS.abortedTooLate]
      : [PHASE_CHANGE_CONTEXTS.finished, PHASE_CHANGE_CONTEXTS.finishedTooLate];
  const toStop = await wms.store.transitions.stopTaskforces(uuids, {
    moved: createLogEntry(wms, "pending-stopper", true, PHASE_CHANGE_SOURCES.deactivation, movedContext),
    left: createLogEntry(wms, "pending-stopper", false, PHASE_CHANGE_SOURCES.deactivation, tooLateContext),
  });
  const records = await wms.store.fetchMany("taskforce", uuids);
  const starterJobsBySchedd = new Map<string, TaskforceUuid[]>();
  const stopperJobsBySchedd = new Map<string, TaskforceUuid[]>();
  const stopping = new Set(toStop);
  records.forEach((record, index) => {
    const uuid = uuids[index];
    if (record === undefined || uuid === undefined) return;
    appendTo(starterJobsBySchedd, record.schedd, uuid);
    if (stopping.has(uuid)) appendTo(stopperJobsBySchedd, record.schedd, uuid);
  });
  // Added before the starter jobs go: nothing that must be stopped may be in no queue.
  for (const [schedd, ids] of stopperJobsBySchedd)
    await wms.queues.forSchedd(schedd).stopper.add(ids.map((id) => ({ id, rank: STOPPER_RANK })));
  for (const [schedd, ids] of starterJobsBySchedd) await wms.queues.forSchedd(schedd).starter.ackAll(ids);
}

function appendTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
