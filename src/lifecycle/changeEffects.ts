import type { Logger } from "pino";
import { nextEpochSeconds } from "../domain/clock.js";
import { cutText } from "../domain/cutText.js";
import { type TaskforceUuid, type TaskId, type WorkflowId, workflowOf } from "../domain/ids.js";
import { PHASE_CHANGE_SOURCES, type Phase, type PhaseChange } from "../domain/phases.js";
import { partitionOf } from "../store/keys.js";
import { encodeLogEntry, type PhaseLogEntry } from "../store/records.js";
import type { Wms, WmsWithoutMqs } from "./context.js";

/**
 * Creates a change for a `phase_change_log`, with the current time.
 *
 * @param fullContext cut when it is too long: repetitions of a report are cut alike, so the scripts recognize them
 */
export function createPhaseChange(
  { log }: Pick<Wms, "log">,
  target_phase: Phase,
  was_successful: boolean,
  source: keyof typeof PHASE_CHANGE_SOURCES,
  fullContext: string,
  source_event_time: PhaseChange["source_event_time"] = null,
): PhaseChange {
  const { text: context, cutFromBytes } = cutText(fullContext);
  if (cutFromBytes !== undefined) log.warn({ bytes: cutFromBytes }, "the context of a log entry is cut");
  const source_entity = PHASE_CHANGE_SOURCES[source];
  const timestamp = nextEpochSeconds();
  return { target_phase, timestamp, was_successful, source_event_time, source_entity, context };
}

/** Creates an entry for scripts, as {@link createPhaseChange} does. When a script has recorded it, it is also logged. */
export function createLogEntry(...parameters: Parameters<typeof createPhaseChange>): PhaseLogEntry {
  const [{ log }] = parameters;
  const change = createPhaseChange(...parameters);
  return {
    ...encodeLogEntry(change),
    onRecorded: (taskforces, from) => logPhaseChange(log, change, taskforces, from),
  };
}

/**
 * Logs a phase change, or a failed attempt, in one line. Several taskforces are only counted; the level debug lists them,
 * so that a workflow of 20,000 does not flood the log.
 *
 * @param taskforces of one workflow
 * @param from their previous phase, if known
 */
export function logPhaseChange(
  log: Logger,
  { target_phase: to, source_entity: by, was_successful: ok, context }: PhaseChange,
  taskforces: readonly TaskforceUuid[],
  from?: Phase,
): void {
  const [first, ...more] = taskforces;
  if (first === undefined || !log.isLevelEnabled("info")) return;
  const fields = { workflow: workflowOf(first), from, to, by, ok, ...(ok ? {} : { reason: context }) };
  if (more.length === 0) log.info({ taskforce: first, ...fields }, "phase change");
  else {
    log.info({ ...fields, count: taskforces.length }, "phase change");
    log.debug({ workflow: fields.workflow, to, taskforces }, "taskforces of the phase change");
  }
}

/**
 * Brings a queue in line with a change that the store already holds. Failures are only logged: an error response would make
 * clients repeat a change that took effect. Reconcile repairs the queue.
 *
 * @param queueName for the log
 */
export async function syncQueue(wms: Wms, queueName: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = "the change is stored, but its queue is not updated; reconcile repairs it";
    wms.log.warn({ err: error, queue: queueName }, message);
  }
}

/** The id of the fan-out job of a partition. BullMQ rejects ids that are all digits. */
export const fanoutJobId = (partition: number): string => `partition-${partition}`;

/**
 * Schedules the fan-out of a change: a background job updates the workflow's summary and publishes it as an event. The store
 * lists the changed workflows, so one job per partition and time window is enough. Reconcile adds a job that was lost.
 */
export function scheduleFanout(
  { queues, store, debouncers, log }: WmsWithoutMqs,
  id: WorkflowId | TaskId | TaskforceUuid,
): void {
  const partition = partitionOf(id, store.partitions);
  if (debouncers.fanout.get(partition)) return;
  debouncers.fanout.open(partition, true, () =>
    queues.fanout
      .add([{ id: fanoutJobId(partition) }])
      .catch((error: unknown) => log.debug({ err: error, partition }, "fan-out job not added; reconcile adds it")),
  );
}
