import { showEarlyIds } from "../../domain/earlyIds.js";
import { taskOf } from "../../domain/ids.js";
import { toSummaryEventData, type WorkflowSummary } from "../../domain/summary.js";
import type { WorkflowEvent } from "../../domain/workflowEvents.js";
import { compareEntryIds, type StreamEntryId } from "../../store/eventStreams.js";

/** How far a partition's events have been sent. */
export interface ResumePosition extends StreamEntryId {
  /** The number of the entry's events that have been sent; undefined: all. */
  eventsSent?: number | undefined;
}

/** Whether all events up to an entry, and of the entry, have been sent. */
export const hasReached = (position: ResumePosition, id: StreamEntryId): boolean =>
  position.eventsSent === undefined ? compareEntryIds(position, id) >= 0 : compareEntryIds(position, id) > 0;

const RADIX = 36;
const encodeNumber = (number: number): string => number.toString(RADIX);
const ID_PATTERN = /^[0-9a-z]{1,10}(\.([0-9a-z]{1,10}(-[0-9a-z]{1,10})?(_[0-9a-z]{1,5})?)?)+$/;

/**
 * Encodes positions as an event id, from which a client resumes. It holds the newest time in milliseconds and, for each
 * partition, its age, the number within the millisecond, and the events sent. A partition without events has an empty part.
 */
export function encodePositions(positions: readonly ResumePosition[]): string {
  const newest = Math.max(...positions.map(({ ms }) => ms));
  const parts = positions.map(({ ms, seq, eventsSent }) => {
    if (ms === 0 && seq === 0) return "";
    const sequencePart = seq === 0 ? "" : `-${encodeNumber(seq)}`;
    return `${encodeNumber(newest - ms)}${sequencePart}${eventsSent === undefined ? "" : `_${encodeNumber(eventsSent)}`}`;
  });
  return [encodeNumber(newest), ...parts].join(".");
}

/**
 * Decodes the result of {@link encodePositions}.
 *
 * @param count of positions
 * @returns undefined for any other text
 */
export function decodePositions(id: string, count: number): ResumePosition[] | undefined {
  if (!ID_PATTERN.test(id)) return undefined;
  const [newest = "", ...parts] = id.split(".");
  if (parts.length !== count) return undefined;
  const positions = parts.map((part): ResumePosition => {
    const [, ageText, seq, eventsSent] = /^([0-9a-z]+)(?:-([0-9a-z]+))?(?:_([0-9a-z]+))?$/.exec(part) ?? [];
    if (ageText === undefined) return { ms: 0, seq: 0 };
    return {
      ms: Number.parseInt(newest, RADIX) - Number.parseInt(ageText, RADIX),
      seq: Number.parseInt(seq ?? "0", RADIX),
      eventsSent: eventsSent === undefined ? undefined : Number.parseInt(eventsSent, RADIX),
    };
  });
  return positions.every(({ ms }) => ms >= 0) ? positions : undefined;
}

/** A server-sent event without its id, which depends on the subscriber: the lines before and after the id. */
export type SseEvent = readonly [eventLine: string, dataLine: string];

/** Sets the id from which a client resumes, without an event. */
export const formatId = (id: string): string => `id: ${id}\n\n`;

/** Shows that the connection is alive, and moves the id from which a client resumes. */
export const formatHeartbeat = (id: string): string => `: heartbeat\n${formatId(id)}`;

/** @param delayMs before a disconnected client reconnects */
export const formatRetry = (delayMs: number): string => `retry: ${delayMs}\n`;

/** Reports that events after an id are lost: the client has to read the state again. */
export const formatGap = (id: string): string => formatEvent(createSseEvent("gap", {}), id);

const formatEvent = ([eventLine, dataLine]: SseEvent, id: string): string => `${eventLine}id: ${id}\n${dataLine}`;

/**
 * Formats the events of one entry.
 *
 * @param positionsAfter a subscriber's positions after a number of the entry's events; undefined: after all
 * @param skipCount events that were sent before
 */
export function formatEntryEvents(
  events: readonly SseEvent[],
  positionsAfter: (eventsSent: number | undefined) => readonly ResumePosition[],
  skipCount = 0,
): string {
  const texts = events.map((event, index) =>
    index < skipCount
      ? ""
      : formatEvent(event, encodePositions(positionsAfter(index + 1 < events.length ? index + 1 : undefined))),
  );
  return texts.join("");
}

const createSseEvent = (name: string, data: object): SseEvent => [
  `event: ${name}\n`,
  `data: ${showEarlyIds(JSON.stringify(data))}\n\n`,
];

/**
 * Converts an entry of a stream to events, one for each taskforce that it names.
 *
 * @param summary of the workflow, for a summary entry; without it there is no event
 */
export function toSseEvents(event: WorkflowEvent, summary: WorkflowSummary | undefined): SseEvent[] {
  const { workflow: workflow_id } = event;
  switch (event.kind) {
    case "phase": {
      const { phase, from, at: timestamp, ok: was_successful, schedd } = event;
      return event.taskforces.map((taskforce_uuid) => {
        const task_id = taskOf(taskforce_uuid);
        const about = { workflow_id, task_id, taskforce_uuid };
        return createSseEvent("phase", { ...about, phase, from, timestamp, was_successful, schedd });
      });
    }
    case "summary":
      return summary === undefined ? [] : [createSseEvent("summary", { workflow_id, ...toSummaryEventData(summary) })];
    case "deactivated":
      return [createSseEvent("deactivated", { workflow_id, deactivated: event.deactivated, timestamp: event.at })];
    case "created":
      return [createSseEvent("created", { workflow_id, timestamp: event.at })];
  }
}
