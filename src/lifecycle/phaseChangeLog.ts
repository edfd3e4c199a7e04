import type { Logger } from "pino";
import { type TaskforceUuid, workflowOf } from "../domain/ids.js";
import { PHASE_CHANGE_SOURCES, type Phase, type PhaseChange, type Source } from "../domain/phases.js";
import { nextEpochSeconds } from "../domain/time.js";
import { encodeLogEntry, type PhaseLogEntry } from "../store/records.js";
import type { Wms } from "./context.js";

/** Creates a `phase_change_log` entry with the current time. When a script has recorded it, it is also logged. */
export function createLogEntry(
  { log }: Pick<Wms, "log">,
  target_phase: Phase,
  was_successful: boolean,
  source_entity: Source,
  context: string,
  source_event_time: PhaseChange["source_event_time"] = null,
): PhaseLogEntry {
  const change = {
    target_phase,
    timestamp: nextEpochSeconds(),
    was_successful,
    source_event_time,
    source_entity,
    context,
  };
  return {
    ...encodeLogEntry(change),
    onRecorded: (taskforces, from) => logPhaseChange(log, change, taskforces, from),
  };
}

/** Creates an entry for a report of a TMS. */
export const createTmsLogEntry = (
  wms: Wms,
  target: Phase,
  ok: boolean,
  context: string,
  eventTime: number | null = null,
): PhaseLogEntry => createLogEntry(wms, target, ok, PHASE_CHANGE_SOURCES.tms, context, eventTime);

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
 * An entry for the launch of a taskforce. Taskforces are launched one by one, up to thousands of a workflow, and a line for
 * each would flood the log. The first launch of a workflow is logged at once, later ones together in one line per second.
 */
export function batchLogEntry({ debouncers: { launchLog } }: Wms, entry: PhaseLogEntry): PhaseLogEntry {
  return {
    ...entry,
    onRecorded([uuid], from) {
      if (uuid === undefined) return;
      const workflow = workflowOf(uuid);
      const openBatch = launchLog.get(workflow);
      if (openBatch !== undefined) {
        openBatch.push(uuid);
        return;
      }
      const openNext = () =>
        launchLog.open(workflow, [], (taskforces) => {
          if (taskforces.length === 0) return;
          entry.onRecorded?.(taskforces, from);
          openNext();
        });
      entry.onRecorded?.([uuid], from);
      openNext();
    },
  };
}
