import { now } from "../domain/clock.js";
import { notFound } from "../domain/wmsError.js";
import { isWorkflowId, type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import { CONTEXTS, SOURCES } from "../domain/phases.js";
import type { Deactivation } from "../domain/workflow.js";
import { STOPPER_RANK } from "../queues/rank.js";
import type { Wms } from "./context.js";
import { wakeFanout } from "./fanout.js";
import { entryNow } from "./phaseChangeLog.js";
import { project } from "./syncQueue.js";

/** Taskforces for each step of a deactivation: short enough not to keep Redis or this process from others. */
const CHUNK = 100;
/** Milliseconds that the request itself carries the deactivation on, before it leaves the rest to the worker. */
const HELPING = 1000;

/** What the user is told. */
export interface Deactivated {
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
export async function deactivateWorkflow(wms: Wms, id: string, as: Deactivation): Promise<Deactivated> {
  const count = isWorkflowId(id) ? await wms.store.transitions.deactivate(id, as, now()) : undefined;
  if (!isWorkflowId(id) || count === undefined)
    throw notFound(`no non-deactivated workflow found with workflow_id='${id}'`);
  await project(wms, "deactivation", () => wms.queues.deactivation.add([{ id }]));
  await project(wms, "deactivation", () => carryDeactivation(wms, id, as, Date.now() + HELPING));
  wakeFanout(wms, id);
  return { workflow_id: id, n_taskforces: count };
}

/** Finishes a deactivation, wherever it stopped. Idempotent; for the worker. */
export async function finishDeactivation(wms: Wms, workflow: WorkflowId): Promise<void> {
  const record = await wms.store.fetch("workflow", workflow);
  if (record?.deactivated === undefined) return;
  await carryDeactivation(wms, workflow, record.deactivated, Number.POSITIVE_INFINITY);
  wakeFanout(wms, workflow);
}

/**
 * Tells one taskforce, in case its workflow's deactivation has not reached it yet, and has its cluster stopped if it has one.
 * Idempotent.
 */
export async function stopTaskforce(wms: Wms, uuid: TaskforceUuid): Promise<void> {
  const workflow = await wms.store.fetch("workflow", workflowOf(uuid));
  if (workflow?.deactivated !== undefined) await stopChunk(wms, [uuid], workflow.deactivated);
}

/** @param until epoch milliseconds; what is not done by then is left to the worker */
async function carryDeactivation(
  wms: Wms,
  workflow: WorkflowId,
  as: Deactivation,
  until: number,
): Promise<void> {
  const taskforces = await wms.store.indexes.taskforcesOf(workflow);
  for (let start = 0; start < taskforces.length; start += CHUNK) {
    if (Date.now() > until) return;
    await stopChunk(wms, taskforces.slice(start, start + CHUNK), as);
  }
  // Nobody needs the queues any more: no attempt is left to wait for, and no dead letter for the operator.
  await wms.queues.activation.drop(workflow);
  await wms.store.indexes.deactivated(workflow);
}

async function stopChunk(wms: Wms, uuids: readonly TaskforceUuid[], as: Deactivation): Promise<void> {
  const [why, tooLate] =
    as === "ABORTED"
      ? [CONTEXTS.aborted, CONTEXTS.abortedTooLate]
      : [CONTEXTS.finished, CONTEXTS.finishedTooLate];
  const toStop = await wms.store.transitions.stopTaskforces(uuids, {
    moved: entryNow(wms, "pending-stopper", true, SOURCES.deactivation, why),
    left: entryNow(wms, "pending-stopper", false, SOURCES.deactivation, tooLate),
  });
  const records = await wms.store.fetchMany("taskforce", uuids);
  const byScheddToEnd = new Map<string, TaskforceUuid[]>();
  const byScheddToStop = new Map<string, TaskforceUuid[]>();
  const stopping = new Set(toStop);
  records.forEach((record, index) => {
    const uuid = uuids[index];
    if (record === undefined || uuid === undefined) return;
    push(byScheddToEnd, record.schedd, uuid);
    if (stopping.has(uuid)) push(byScheddToStop, record.schedd, uuid);
  });
  // Added before the starter jobs go: nothing that must be stopped may be in no queue.
  for (const [schedd, ids] of byScheddToStop)
    await wms.queues.of(schedd).stopper.add(ids.map((id) => ({ id, rank: STOPPER_RANK })));
  for (const [schedd, ids] of byScheddToEnd) await wms.queues.of(schedd).starter.endAll(ids);
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
