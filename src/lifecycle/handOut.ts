import { now } from "../domain/clock.js";
import { WmsError } from "../domain/wmsError.js";
import type { LeasedQueue } from "../domain/wmsEvents.js";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { LeaseQueue, Place } from "../queues/leaseQueue.js";
import { type StoredTaskforce, type TaskforceRecord, taskforceText, taskText } from "../store/records.js";
import { readToStart } from "../store/taskforceToStart.js";
import type { Wms } from "./context.js";
import { isDead, rankOfRecord, starterPlace, starterWait, wantsStart, wantsStop } from "./handOutRules.js";
import { noteForeignRetry } from "./retryTaskforce.js";

/**
 * Leases the next taskforce that a schedd shall start.
 *
 * @returns the whole answer as JSON text: `taskforce`, `task_directive`, `mqprofiles`; null when none waits
 * @throws WmsError `unavailable` when the MQS has to be asked and is away; nothing is leased then
 */
export async function handOutStarter(wms: Wms, schedd: string): Promise<string | null> {
  const starter = wms.queues.find(schedd)?.starter;
  if (starter === undefined) return null;
  for (let id = await starter.take(); id !== undefined; id = await starter.take()) {
    const answer = await starterAnswer(wms, starter, id as TaskforceUuid);
    if (answer !== undefined) return answer;
  }
  return null;
}

/** @returns undefined when the job is of no use now: its lease is ended, and the next one's turn has come */
async function starterAnswer(
  wms: Wms,
  starter: LeaseQueue,
  uuid: TaskforceUuid,
): Promise<string | undefined> {
  let place: Place | undefined;
  try {
    const { taskforce, directive, active } = await readToStart(wms.store, uuid);
    if (!wantsStart(taskforce) || !active || directive === undefined) {
      await starter.end(uuid);
      return undefined;
    }
    if (isDead(wms, taskforce)) {
      await noteForeignRetry(wms, uuid);
      // Read anew: the log has one more entry, or the workflow was deactivated meanwhile.
      return starterAnswer(wms, starter, uuid);
    }
    place = starterPlace(taskforce);
    const profiles = await profilesOf(wms, workflowOf(uuid), taskText(directive));
    if (profiles === "refused") {
      // It must not stand in the way of all others, nor come again in this very loop.
      await starter.postpone(uuid, rankOfRecord(taskforce), Math.max(1000, starterWait(wms, 1)));
      return undefined;
    }
    tellHandOut(wms, "starter", taskforce);
    return `{"taskforce":${taskforceText(taskforce)},"task_directive":${taskText(directive)},"mqprofiles":[${profiles}]}`;
  } catch (error) {
    await starter.giveBack(uuid, place).catch((cause: unknown) => {
      wms.log.warn({ err: cause, taskforce: uuid }, "a lease could not be given back, and runs out");
    });
    throw error;
  }
}

/** The profiles of a directive's queues, input queues first, as JSON texts joined by commas; or the MQS refused one. */
async function profilesOf(
  wms: Wms,
  workflow: WorkflowId,
  directiveText: string,
): Promise<string | "refused"> {
  const { input_queues, output_queues } = JSON.parse(directiveText) as TaskDirective;
  const mqids = [...new Set([...input_queues, ...output_queues])];
  const kept = await wms.store.profiles.fetch(workflow, mqids);
  try {
    const texts = mqids.map((mqid, index) => kept[index] ?? askForProfile(wms, workflow, mqid));
    return (await Promise.all(texts)).join(",");
  } catch (error) {
    if (!(error instanceof WmsError) || error.kind !== "upstream-refused") throw error;
    wms.log.error(
      { err: error, workflow },
      "the MQS does not know a queue of this workflow; its taskforces wait",
    );
    return "refused";
  }
}

async function askForProfile(wms: Wms, workflow: WorkflowId, mqid: string): Promise<string> {
  const profile = await wms.mqs.profile(mqid);
  // Only an activated profile never changes.
  if (profile.is_activated) await wms.store.profiles.keep(workflow, profile);
  return JSON.stringify(profile);
}

/**
 * Leases the next taskforce whose HTCondor cluster a schedd shall remove.
 *
 * @returns the taskforce as JSON text; null when none waits
 */
export async function handOutStopper(wms: Wms, schedd: string): Promise<string | null> {
  const stopper = wms.queues.find(schedd)?.stopper;
  if (stopper === undefined) return null;
  for (let id = await stopper.take(); id !== undefined; id = await stopper.take()) {
    const record: StoredTaskforce | undefined = await wms.store.fetch("taskforce", id as TaskforceUuid);
    if (wantsStop(record)) {
      tellHandOut(wms, "stopper", record);
      return taskforceText(record);
    }
    await stopper.end(id);
  }
  return null;
}

function tellHandOut(wms: Wms, queue: LeasedQueue, { schedd, since }: TaskforceRecord): void {
  wms.events.emit("handedOut", { queue, schedd, waited: Math.max(0, now() - Number(since)) });
}
