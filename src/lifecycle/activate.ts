import { batchesOf } from "../domain/batchesOf.js";
import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import { WmsError } from "../domain/wmsError.js";
import type { WorkflowRecord } from "../store/records.js";
import { createLogEntry, scheduleFanout } from "./changeEffects.js";
import type { Wms } from "./context.js";

/** The result of an attempt to activate a workflow's queues. */
type ActivationResult =
  | { outcome: "activated" | "nothing-to-do" }
  /** Retry later. */
  | { outcome: "not-yet"; reason: string }
  /** A retry would fail too: an operator has to act. */
  | { outcome: "refused"; reason: string };

/**
 * Activates a workflow's queues at the MQS, and moves its taskforces to pre-launch. Idempotent. A failed attempt adds an
 * entry to the log of each waiting taskforce.
 */
export async function activateWorkflow(wms: Wms, workflow: WorkflowId): Promise<ActivationResult> {
  const record = await wms.store.fetch("workflow", workflow);
  if (record === undefined || record.deactivated !== undefined) return { outcome: "nothing-to-do" };
  const failure = record.mq_activated === undefined ? await activateQueues(wms, workflow, record) : undefined;
  if (failure !== undefined) {
    const entry = createLogEntry(wms, "pre-launch", false, "activator", failure.reason);
    const waitingCount = await forEachWaitingBatch(wms, workflow, (batch) =>
      wms.store.transitions.recordAttempts(batch, "pre-mq-activation", entry),
    );
    // The workflow was deactivated during the call.
    if (waitingCount === 0) return { outcome: "nothing-to-do" };
    scheduleFanout(wms, workflow);
    return failure;
  }
  await forEachWaitingBatch(wms, workflow, (batch) => advanceToLaunch(wms, batch));
  scheduleFanout(wms, workflow);
  return { outcome: "activated" };
}

async function activateQueues(
  wms: Wms,
  workflow: WorkflowId,
  record: WorkflowRecord,
): Promise<Extract<ActivationResult, { reason: string }> | undefined> {
  if (record.n_queues === 0) {
    await wms.store.profiles.saveActivated(workflow, []);
    return undefined;
  }
  try {
    const { priority } = JSON.parse(record.doc) as { priority: number };
    const profiles = await wms.mqs.activate(workflow, priority);
    if (profiles === "try-again-later") return { outcome: "not-yet", reason: "The MQS said: try again later." };
    await wms.store.profiles.saveActivated(workflow, profiles);
    return undefined;
  } catch (error) {
    if (!(error instanceof WmsError)) throw error;
    const outcome = error.kind === "upstream-refused" ? "refused" : "not-yet";
    return { outcome, reason: `ERROR: ${error.message}` };
  }
}

/**
 * Calls `work` with batches of a workflow's taskforces that wait for its queues. Call it after the response of the MQS: a
 * taskforce that is added later finds active queues and gets a job of its own.
 *
 * @returns the number of waiting taskforces
 */
async function forEachWaitingBatch(
  wms: Wms,
  workflow: WorkflowId,
  work: (batch: TaskforceUuid[]) => Promise<void>,
): Promise<number> {
  const uuids = await wms.store.indexes.taskforcesOf(workflow);
  let count = 0;
  for (const batch of batchesOf(uuids, 200)) {
    const waiting = await wms.store.indexes.filterInPhase("pre-mq-activation", batch);
    if (waiting.length > 0) await work(waiting);
    count += waiting.length;
  }
  return count;
}

async function advanceToLaunch(wms: Wms, uuids: readonly TaskforceUuid[]): Promise<void> {
  const entry = createLogEntry(wms, "pre-launch", true, "activator", PHASE_CHANGE_CONTEXTS.queuesActive);
  const moved = await wms.store.transitions.advanceMany(uuids, "pre-mq-activation", "pre-launch", entry);
  await wms.queues.launch.add(moved.map((id) => ({ id })));
}
