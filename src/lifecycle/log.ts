import { now } from "../domain/clock.js";
import { type Phase, type PhaseChange, SOURCES, type Source } from "../domain/phases.js";
import { type LogEntry, logEntry } from "../store/records.js";

/** A log entry of this moment. */
export function entryNow(
  target_phase: Phase,
  was_successful: boolean,
  source_entity: Source,
  context: string,
  source_event_time: PhaseChange["source_event_time"] = null,
): LogEntry {
  return logEntry({
    target_phase,
    timestamp: now(),
    was_successful,
    source_event_time,
    source_entity,
    context,
  });
}

/** A log entry for what a TMS reports. */
export const tmsEntry = (
  target: Phase,
  ok: boolean,
  context: string,
  eventTime: number | null = null,
): LogEntry => entryNow(target, ok, SOURCES.tms, context, eventTime);
