import { nextEpochSeconds } from "../domain/clock.js";
import { type TaskforceUuid, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { exponentialBackoffMs } from "../domain/time.js";
import { WmsError } from "../domain/wmsError.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { LeaseQueue, QueuePosition } from "../queues/leaseQueue.js";
import { STOPPER_RANK, starterRank } from "../queues/queues.js";
import { taskforceJson } from "../store/documents.js";
import { type TaskforceRecord, taskJson } from "../store/records.js";
import { createLogEntry, scheduleFanout } from "./changeEffects.js";
import type { Wms, WmsWithoutMqs } from "./context.js";
import { recordHandOut } from "./polls.js";

/** The longest wait between two attempts to submit or remove a taskforce. */
const MAX_BACKOFF_MS: Record<LeasedQueueName, number> = { starter: 7 * 24 * 3_600_000, stopper: 3_600_000 };
/** The shortest wait of a taskforce whose queue the MQS does not know: without it, one poll would lease it repeatedly. */
const MIN_UNKNOWN_QUEUE_BACKOFF_MS = 1000;

/** The wait before a taskforce is handed out again after failed condor-submits or condor-rms. */
export const handOutBackoffMs = ({ settings }: WmsWithoutMqs, queue: LeasedQueueName, failures: number): number =>
  exponentialBackoffMs(1000 * settings.retryWaitSeconds, failures, MAX_BACKOFF_MS[queue]);

/** Whether a taskforce has failed more often than it is retried. */
export const hasExhaustedRetries = ({ settings }: WmsWithoutMqs, failures: number): boolean =>
  failures > settings.actionRetries;

/** Whether the starter job of a taskforce is a dead letter, which waits for an operator. */
export const isDeadLetter = (wms: WmsWithoutMqs, record: TaskforceRecord): boolean =>
  isAwaitingStart(record) && hasExhaustedRetries(wms, record.submit_failures ?? 0);

/** Whether a taskforce belongs in its starter queue. */
export const isAwaitingStart = (record: TaskforceRecord | undefined): record is TaskforceRecord =>
  record?.phase === "pending-starter";

/** Whether a taskforce belongs in its stopper queue. */
export const isAwaitingStop = (record: TaskforceRecord | undefined): record is TaskforceRecord =>
  record?.phase === "pending-stopper" && record.cluster_id !== undefined;

/** A taskforce's rank in its starter queue. */
export const starterRankOf = (record: Pick<TaskforceRecord, "priority" | "submit_failures">): number =>
  starterRank(record.priority, record.submit_failures ?? 0);

/** Which taskforces belong in each kind of queue, and the rank of their jobs. */
const QUEUE_RULES = {
  starter: { isWanted: isAwaitingStart, rankOf: starterRankOf },
  stopper: { isWanted: isAwaitingStop, rankOf: () => STOPPER_RANK },
} as const;

/** The position of a taskforce's job that returns to its queue; undefined if the taskforce does not belong there. */
export function queuePositionOf(kind: LeasedQueueName, record: TaskforceRecord | undefined): QueuePosition | undefined {
  const { isWanted, rankOf } = QUEUE_RULES[kind];
  return isWanted(record) ? { rank: rankOf(record), waitingSinceSeconds: Number(record.since) } : undefined;
}

/** A leased taskforce for a TMS. */
export interface HandOut {
  /** JSON text. */
  readonly text: string;
  /** Ends the lease, because the TMS did not get the taskforce: it waits again, at its place. */
  release(): Promise<void>;
}

/** A leased job. */
interface Lease {
  readonly queue: LeaseQueue;
  readonly uuid: TaskforceUuid;
  readonly holder: string;
  /** The place to which the job returns when the lease is released; undefined while it is unknown. */
  position?: QueuePosition | undefined;
}

/**
 * Leases jobs of a queue until one can be handed out.
 *
 * @param holder the caller that leases; only its reports of failures end the lease
 * @param build returns the text of the response; undefined if the taskforce can't be handed out, and its lease has ended
 */
async function handOutNext(
  wms: Wms,
  queue: LeaseQueue | undefined,
  holder: string,
  build: (lease: Lease) => Promise<string | undefined>,
): Promise<HandOut | null> {
  for (let id = await queue?.lease(holder); queue !== undefined && id !== undefined; id = await queue.lease(holder)) {
    const lease: Lease = { queue, uuid: id as TaskforceUuid, holder };
    const release = () => releaseLease(wms, lease);
    try {
      const text = await build(lease);
      if (text !== undefined) return { text, release };
    } catch (error) {
      await release();
      throw error;
    }
  }
  return null;
}

/** Ends the lease of a taskforce that no TMS got. */
async function releaseLease({ log }: Wms, { queue, uuid, holder, position }: Lease): Promise<void> {
  await queue.release(uuid, { holder, position }).catch((cause: unknown) => {
    log.warn({ err: cause, taskforce: uuid }, "lease not released; it expires");
  });
}

/**
 * Leases the next taskforce to be submitted at a schedd.
 *
 * @param holder see {@link handOutNext}
 * @returns its text has `taskforce`, `task_directive` and `mqprofiles`; null when no taskforce is waiting
 * @throws WmsError `unavailable` when the MQS is needed and unreachable; then nothing is leased
 */
export const handOutStarter = (wms: Wms, schedd: string, holder: string): Promise<HandOut | null> =>
  handOutNext(wms, wms.queues.findSchedd(schedd)?.starter, holder, (lease) => buildStarterResponse(wms, lease));

async function buildStarterResponse(wms: Wms, lease: Lease): Promise<string | undefined> {
  const { queue: starter, uuid, holder } = lease;
  const { taskforce, directive, isWorkflowActive } = await wms.store.readTaskforceToStart(uuid);
  if (!isAwaitingStart(taskforce) || !isWorkflowActive || directive === undefined) {
    await starter.ack(uuid, holder);
    return undefined;
  }
  if (isDeadLetter(wms, taskforce)) {
    // A tool that only uses BullMQ retried the dead letter.
    await clearFailures(wms, uuid, "Retried by other means than the dashboard.");
    // Read it again: its log has a new entry, and its workflow may be deactivated by now.
    return buildStarterResponse(wms, lease);
  }
  lease.position = queuePositionOf("starter", taskforce);
  const profiles = await fetchProfiles(wms, workflowOf(uuid), taskJson(directive));
  if (profiles === "refused") {
    const delayMs = Math.max(MIN_UNKNOWN_QUEUE_BACKOFF_MS, handOutBackoffMs(wms, "starter", 1));
    await starter.requeueLater(uuid, starterRankOf(taskforce), delayMs, holder);
    return undefined;
  }
  emitHandedOut(wms, "starter", taskforce);
  recordHandOut(wms, taskforce.schedd);
  const parts = [`"taskforce":${taskforceJson(taskforce)}`, `"task_directive":${taskJson(directive)}`];
  return `{${parts.join()},"mqprofiles":[${profiles}]}`;
}

/**
 * Deletes the failures of a taskforce, so that it is handed out as if it had never failed.
 *
 * @param context for the log of the taskforce
 * @returns whether the taskforce is waiting to be started
 */
export async function clearFailures(wms: WmsWithoutMqs, uuid: TaskforceUuid, context: string): Promise<boolean> {
  const entry = createLogEntry(wms, "pending-starter", true, "operator", context);
  const isWaiting = await wms.store.transitions.recordRetry(uuid, entry);
  scheduleFanout(wms, uuid);
  return isWaiting;
}

/** @returns the profiles of a directive's queues, input queues first, as JSON texts joined by commas */
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
  // Only activated profiles never change.
  if (profile.is_activated) await wms.store.profiles.save(workflow, profile);
  return JSON.stringify(profile);
}

/**
 * Leases the next taskforce whose HTCondor cluster is to be removed.
 *
 * @param holder see {@link handOutNext}
 * @returns null when none is waiting
 */
export const handOutStopper = (wms: Wms, schedd: string, holder: string): Promise<HandOut | null> =>
  handOutNext(wms, wms.queues.findSchedd(schedd)?.stopper, holder, async (lease) => {
    const { queue: stopper, uuid } = lease;
    const record = await wms.store.fetch("taskforce", uuid);
    if (record === undefined || !isAwaitingStop(record)) {
      await stopper.ack(uuid, holder);
      return undefined;
    }
    lease.position = queuePositionOf("stopper", record);
    emitHandedOut(wms, "stopper", record);
    return taskforceJson(record);
  });

const emitHandedOut = ({ events }: Wms, queue: LeasedQueueName, { schedd, since }: TaskforceRecord): boolean =>
  events.emit("handedOut", { queue, schedd, waited: Math.max(0, nextEpochSeconds() - Number(since)) });
