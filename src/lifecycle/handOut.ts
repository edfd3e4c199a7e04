import { nextEpochSeconds } from "../domain/clock.js";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { WmsError } from "../domain/wmsError.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { LeaseQueue, QueuePosition } from "../queues/leaseQueue.js";
import { type StoredTaskforce, type TaskforceRecord, taskforceJson, taskJson } from "../store/records.js";
import { readTaskforceToStart } from "../store/taskforceToStart.js";
import type { Wms } from "./context.js";
import {
  isAwaitingStart,
  isAwaitingStop,
  isDeadLetter,
  starterBackoffMs,
  starterPosition,
  starterRankOf,
} from "./handOutRules.js";
import { recordExternalRetry } from "./retryTaskforce.js";

/**
 * Leases the next taskforce that a schedd shall start.
 *
 * @returns the whole answer as JSON text: `taskforce`, `task_directive`, `mqprofiles`; null when none waits
 * @throws WmsError `unavailable` when the MQS has to be asked and is away; nothing is leased then
 */
export async function handOutStarter(wms: Wms, schedd: string): Promise<string | null> {
  const starter = wms.queues.findSchedd(schedd)?.starter;
  if (starter === undefined) return null;
  for (let id = await starter.lease(); id !== undefined; id = await starter.lease()) {
    const response = await buildStarterResponse(wms, starter, id as TaskforceUuid);
    if (response !== undefined) return response;
  }
  return null;
}

/** @returns undefined when the job is of no use now: its lease is ended, and the next one's turn has come */
async function buildStarterResponse(wms: Wms, starter: LeaseQueue, uuid: TaskforceUuid): Promise<string | undefined> {
  let position: QueuePosition | undefined;
  try {
    const { taskforce, directive, isWorkflowActive } = await readTaskforceToStart(wms.store, uuid);
    if (!isAwaitingStart(taskforce) || !isWorkflowActive || directive === undefined) {
      await starter.ack(uuid);
      return undefined;
    }
    if (isDeadLetter(wms, taskforce)) {
      await recordExternalRetry(wms, uuid);
      // Read anew: the log has one more entry, or the workflow was deactivated meanwhile.
      return buildStarterResponse(wms, starter, uuid);
    }
    position = starterPosition(taskforce);
    const profiles = await fetchProfiles(wms, workflowOf(uuid), taskJson(directive));
    if (profiles === "refused") {
      // It must not stand in the way of all others, nor come again in this very loop.
      await starter.requeueLater(uuid, starterRankOf(taskforce), Math.max(1000, starterBackoffMs(wms, 1)));
      return undefined;
    }
    emitHandedOut(wms, "starter", taskforce);
    return `{"taskforce":${taskforceJson(taskforce)},"task_directive":${taskJson(directive)},"mqprofiles":[${profiles}]}`;
  } catch (error) {
    await starter.release(uuid, position).catch((cause: unknown) => {
      wms.log.warn({ err: cause, taskforce: uuid }, "a lease could not be given back, and runs out");
    });
    throw error;
  }
}

/** The profiles of a directive's queues, input queues first, as JSON texts joined by commas; or the MQS refused one. */
async function fetchProfiles(wms: Wms, workflow: WorkflowId, directiveText: string): Promise<string | "refused"> {
  const { input_queues, output_queues } = JSON.parse(directiveText) as TaskDirective;
  const mqids = [...new Set([...input_queues, ...output_queues])];
  const cachedProfiles = await wms.store.profiles.fetch(workflow, mqids);
  try {
    const texts = mqids.map((mqid, index) => cachedProfiles[index] ?? requestProfile(wms, workflow, mqid));
    return (await Promise.all(texts)).join(",");
  } catch (error) {
    if (!(error instanceof WmsError) || error.kind !== "upstream-refused") throw error;
    wms.log.error({ err: error, workflow }, "the MQS does not know a queue of this workflow; its taskforces wait");
    return "refused";
  }
}

async function requestProfile(wms: Wms, workflow: WorkflowId, mqid: string): Promise<string> {
  const profile = await wms.mqs.profile(mqid);
  // Only an activated profile never changes.
  if (profile.is_activated) await wms.store.profiles.save(workflow, profile);
  return JSON.stringify(profile);
}

/**
 * Leases the next taskforce whose HTCondor cluster a schedd shall remove.
 *
 * @returns the taskforce as JSON text; null when none waits
 */
export async function handOutStopper(wms: Wms, schedd: string): Promise<string | null> {
  const stopper = wms.queues.findSchedd(schedd)?.stopper;
  if (stopper === undefined) return null;
  for (let id = await stopper.lease(); id !== undefined; id = await stopper.lease()) {
    const record: StoredTaskforce | undefined = await wms.store.fetch("taskforce", id as TaskforceUuid);
    if (isAwaitingStop(record)) {
      emitHandedOut(wms, "stopper", record);
      return taskforceJson(record);
    }
    await stopper.ack(id);
  }
  return null;
}

function emitHandedOut(wms: Wms, queue: LeasedQueueName, { schedd, since }: TaskforceRecord): void {
  wms.events.emit("handedOut", { queue, schedd, waited: Math.max(0, nextEpochSeconds() - Number(since)) });
}
