import { batchesOf } from "../domain/batchesOf.js";
import type { WorkflowId } from "../domain/ids.js";
import { UpstreamBusyError, WmsError } from "../domain/wmsError.js";
import type { PhaseLogEntry, WorkflowRecord } from "../store/records.js";
import { createLogEntry, scheduleFanout } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { launchTaskforces } from "./launch.js";

/** The result of an attempt to activate a workflow's queues. */
type ActivationResult =
  | { outcome: "activated" | "nothing-to-do" }
  /** Retry later. @property waitSeconds how long the MQS asked to wait */
  | { outcome: "not-yet"; reason: string; waitSeconds?: number }
  /** A retry would fail too: an operator has to act. */
  | { outcome: "refused"; reason: string };

/**
 * Activates a workflow's queues at the MQS, and launches its taskforces. Idempotent. A failed attempt adds an entry to the
 * log of each waiting taskforce.
 */
export async function activateWorkflow(wms: Wms, workflow: WorkflowId): Promise<ActivationResult> {
  const record = await wms.store.fetch("workflow", workflow);
  if (record === undefined || record.deactivated !== undefined) return { outcome: "nothing-to-do" };
  const failure = record.mq_activated === undefined ? await activateQueues(wms, workflow, record) : undefined;
  if (failure !== undefined) {
    const entry = createLogEntry(wms, "pre-launch", false, "activator", failure.reason);
    const waitingCount = await recordAttempts(wms, workflow, entry);
    // The workflow was deactivated during the call.
    if (waitingCount === 0) return { outcome: "nothing-to-do" };
    scheduleFanout(wms, workflow);
    return failure;
  }
  // After the response of the MQS: a taskforce that is added later finds active queues and is launched by its request.
  await launchTaskforces(wms, await wms.store.indexes.taskforcesOf(workflow));
  scheduleFanout(wms, workflow);
  return { outcome: "activated" };
}

async function activateQueues(
  wms: Wms,
  workflow: WorkflowId,
  record: WorkflowRecord,
): Promise<Extract<ActivationResult, { reason: string }> | undefined> {
  // An earlier release did not store that the queues of such a workflow are active from the start.
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
    const reason = `ERROR: ${error.message}`;
    if (error.kind === "upstream-refused") return { outcome: "refused", reason };
    return {
      outcome: "not-yet",
      reason,
      ...(error instanceof UpstreamBusyError && { waitSeconds: error.waitSeconds }),
    };
  }
}

/** Adds an entry to the log of each taskforce that waits for the queues. @returns their number */
async function recordAttempts(wms: Wms, workflow: WorkflowId, entry: PhaseLogEntry): Promise<number> {
  const uuids = await wms.store.indexes.taskforcesOf(workflow);
  let count = 0;
  for (const batch of batchesOf(uuids, 200)) {
    const waiting = await wms.store.indexes.filterInPhase("pre-mq-activation", batch);
    if (waiting.length > 0) await wms.store.transitions.recordAttempts(waiting, "pre-mq-activation", entry);
    count += waiting.length;
  }
  return count;
}
