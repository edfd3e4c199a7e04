import type { TaskforceUuid } from "../domain/ids.js";
import type { Phase, PhaseChange, Source } from "../domain/phases.js";
import { fromStored, type StoredText, toStored } from "./logDictionary.js";

/** A log entry as scripts take it: the time, and everything behind it. */
export interface LogEntry {
  now: string;
  rest: string;
  /**
   * Told of the taskforces of one workflow that a script has appended the entry to, and the phase they were in where that is
   * known. Not told of what changed nothing.
   */
  recorded?: (taskforces: readonly TaskforceUuid[], from?: Phase) => void;
}

type LogTuple = [
  time: number,
  target: StoredText<Phase>,
  ok: 0 | 1,
  eventTime: number | null,
  source: StoredText<Source>,
  context: StoredText,
];

/** @param change times are epoch seconds */
export function logEntry(change: PhaseChange): LogEntry {
  const { timestamp, target_phase, was_successful, source_event_time, source_entity, context } = change;
  const rest = JSON.stringify([
    toStored(target_phase),
    was_successful ? 1 : 0,
    source_event_time,
    toStored(source_entity),
    toStored(context),
  ]);
  return { now: JSON.stringify(timestamp), rest: `,${rest.slice(1)}` };
}

/** A log as it lies in a record. */
export const logText = (changes: readonly PhaseChange[]): string =>
  changes
    .map(logEntry)
    .map(({ now, rest }) => `[${now}${rest}`)
    .join(",");

/** The entries of a stored log, oldest first. */
export function parseLog(log: string): PhaseChange[] {
  return (JSON.parse(`[${log}]`) as LogTuple[]).map((tuple) => ({
    target_phase: fromStored(tuple[1]),
    timestamp: tuple[0],
    was_successful: tuple[2] === 1,
    source_event_time: tuple[3],
    source_entity: fromStored(tuple[4]),
    context: fromStored(tuple[5]),
  }));
}
