import type { TaskforceUuid } from "../domain/ids.js";
import type { Phase, PhaseChange, Source } from "../domain/phases.js";
import { decodeText, type EncodedText, encodeText } from "./logDictionary.js";

/** A log entry in the two pieces that scripts expect: the time, and the rest. */
export interface PhaseLogEntry {
  timestampJson: string;
  restJson: string;
  /**
   * Called with the taskforces of one workflow whose log got the entry, and with their previous phase if it is known.
   * Not called when nothing changed.
   */
  onRecorded?: (taskforces: readonly TaskforceUuid[], from?: Phase) => void;
}

type PhaseLogTuple = [
  time: number,
  target: EncodedText<Phase>,
  ok: 0 | 1,
  eventTime: number | null,
  source: EncodedText<Source>,
  context: EncodedText,
];

/** Encodes a change for scripts. Times are epoch seconds. */
export function encodeLogEntry(change: PhaseChange): PhaseLogEntry {
  const { timestamp, target_phase, was_successful, source_event_time, source_entity, context } = change;
  const rest = JSON.stringify([
    encodeText(target_phase),
    was_successful ? 1 : 0,
    source_event_time,
    encodeText(source_entity),
    encodeText(context),
  ]);
  return { timestampJson: JSON.stringify(timestamp), restJson: `,${rest.slice(1)}` };
}

/** The stored form of a log. */
export const encodeLog = (changes: readonly PhaseChange[]): string =>
  changes
    .map(encodeLogEntry)
    .map(({ timestampJson, restJson }) => `[${timestampJson}${restJson}`)
    .join(",");

/** The entries of a stored log, oldest first. */
export function decodeLog(log: string): PhaseChange[] {
  return (JSON.parse(`[${log}]`) as PhaseLogTuple[]).map((tuple) => ({
    target_phase: decodeText(tuple[1]),
    timestamp: tuple[0],
    was_successful: tuple[2] === 1,
    source_event_time: tuple[3],
    source_entity: decodeText(tuple[4]),
    context: decodeText(tuple[5]),
  }));
}
