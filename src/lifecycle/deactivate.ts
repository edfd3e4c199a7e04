import { nextEpochSeconds } from "../domain/clock.js";
import { isWorkflowId, type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { Deactivation } from "../domain/workflow.js";
import { STOPPER_RANK } from "../queues/queues.js";
import type { EffectGuard } from "../store/effectGuard.js";
import { createLogEntry, scheduleFanout, syncQueue } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { explainNotFound } from "./entityNotFound.js";

/** Taskforces of one step: small enough that neither Redis nor this process is blocked for long. */
const BATCH_TASKFORCES = 100;
/** Milliseconds that the request stops taskforces before a background job continues. */
const INLINE_WORK_MS = 1000;

/** A deactivated workflow, and the number of its taskforces to stop. */
export interface Deactivated {
  workflow_id: WorkflowId;
  n_taskforces: number;
}

/**
 * Deactivates a workflow: from now on none of its taskforces moves forward. The request itself stops the taskforces, so
 * that a read after the response sees the change. After {@link INLINE_WORK_MS}, or after an error, a background job
 * continues where the request stopped.
 *
 * @throws WmsError `not-found` for an unknown or already deactivated workflow
 * @throws EffectRefusedError by the guard
 */
export async function deactivateWorkflow(
  wms: Wms,
  id: string,
  deactivation: Deactivation,
  guard?: EffectGuard,
): Promise<Deactivated> {
  const count = isWorkflowId(id)
    ? await wms.store.transitions.deactivate(id, deactivation, nextEpochSeconds(), guard)
    : undefined;
  if (!isWorkflowId(id) || count === undefined)
    throw await explainNotFound(wms, id, `no non-deactivated workflow found with workflow_id='${id}'`);
  await syncQueue(wms, "deactivation", async () => {
    let next: number | undefined = 0;
    try {
      next = await stopTaskforcesFrom(wms, id, deactivation, 0, performance.now() + INLINE_WORK_MS);
    } finally {
      // If this process dies before this line, reconcile adds the job: the workflow is in the set `deactivating`.
      if (next !== undefined) await wms.queues.deactivation.add([{ id, offset: next }]);
    }
  });
  scheduleFanout(wms, id);
  return { workflow_id: id, n_taskforces: count };
}

/**
 * Finishes a deactivation in a worker. Idempotent.
 *
 * @param offset how many of the workflow's taskforces are stopped already
 */
export async function finishDeactivation(wms: Wms, workflow: WorkflowId, offset: number): Promise<void> {
  const record = await wms.store.fetch("workflow", workflow);
  if (record?.deactivated === undefined) return;
  await stopTaskforcesFrom(wms, workflow, record.deactivated, offset, Number.POSITIVE_INFINITY);
  scheduleFanout(wms, workflow);
}

/**
 * Stops one taskforce of a deactivated workflow, whether or not the deactivation has reached it. Its HTCondor cluster, if
 * any, will be removed. Idempotent.
 */
export async function stopTaskforce(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  const workflow = await wms.store.fetch("workflow", workflowOf(uuid));
  if (workflow?.deactivated !== undefined) await stopBatch(wms, [uuid], workflow.deactivated);
}

/**
 * Stops a deactivated workflow's taskforces, whose list no longer changes.
 *
 * @param deadlineMs milliseconds of `performance.now()`
 * @returns the offset of the first taskforce that the deadline left; undefined when the deactivation is complete
 */
async function stopTaskforcesFrom(
  wms: Wms,
  workflow: WorkflowId,
  deactivation: Deactivation,
  offset: number,
  deadlineMs: number,
): Promise<number | undefined> {
  const taskforces = await wms.store.indexes.taskforcesOf(workflow);
  for (let start = offset; start < taskforces.length; start += BATCH_TASKFORCES) {
    if (performance.now() > deadlineMs) return start;
    await stopBatch(wms, taskforces.slice(start, start + BATCH_TASKFORCES), deactivation);
  }
  // A deactivated workflow needs no queues: drop the pending attempt, or the dead letter, to activate them.
  await wms.queues.activation.remove(workflow);
  await wms.store.indexes.finishDeactivation(workflow);
  return undefined;
}

async function stopBatch(wms: Wms, uuids: readonly TaskforceUuid[], deactivation: Deactivation): Promise<void> {
  const [movedContext, tooLateContext] =
    deactivation === "ABORTED"
      ? [PHASE_CHANGE_CONTEXTS.aborted, PHASE_CHANGE_CONTEXTS.abortedTooLate]
      : [PHASE_CHANGE_CONTEXTS.finished, PHASE_CHANGE_CONTEXTS.finishedTooLate];
  const groups = await wms.store.transitions.stopTaskforces(uuids, {
    moved: createLogEntry(wms, "pending-stopper", true, "deactivation", movedContext),
    left: createLogEntry(wms, "pending-stopper", false, "deactivation", tooLateContext),
  });
  await Promise.all(
    groups.flatMap(({ schedd, toStop, others }) => {
      const { starter, stopper } = wms.queues.forSchedd(schedd);
      // The report of a cluster ends the starter job of a taskforce that has one.
      return [stopper.add(toStop.map((id) => ({ id, rank: STOPPER_RANK }))), starter.ackAll(others)];
    }),
  );
}
