import { taskOf } from "../../domain/ids.js";
import { toSummaryEventData, type WorkflowSummary } from "../../domain/summary.js";
import type { WorkflowEvent } from "../../domain/workflowEvents.js";
import { encodePositions, type ResumePosition } from "./resumePositions.js";

/** A server-sent event without its id, which depends on the subscriber. */
export interface SseEvent {
  /** The line with the name. */
  eventLine: string;
  /** The line with the data. */
  dataLine: string;
}

/** Sets the id from which a client resumes, without an event. */
export const formatId = (id: string): string => `id: ${id}\n\n`;

/** Shows that the connection is alive, and moves the id from which a client resumes. */
export const formatHeartbeat = (id: string): string => `: heartbeat\n${formatId(id)}`;

/** @param delayMs before a disconnected client reconnects */
export const formatRetry = (delayMs: number): string => `retry: ${delayMs}\n`;

/** Reports that events after an id are lost: the client has to read the state again. */
export const formatGap = (id: string): string => formatEvent(createSseEvent("gap", {}), id);

const formatEvent = ({ eventLine, dataLine }: SseEvent, id: string): string => `${eventLine}id: ${id}\n${dataLine}`;

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
  let text = "";
  for (let eventsSent = skipCount + 1; eventsSent <= events.length; eventsSent++) {
    const event = events[eventsSent - 1];
    if (event === undefined) break;
    text += formatEvent(event, encodePositions(positionsAfter(eventsSent < events.length ? eventsSent : undefined)));
  }
  return text;
}

function createSseEvent(name: string, data: object): SseEvent {
  return { eventLine: `event: ${name}\n`, dataLine: `data: ${JSON.stringify(data)}\n\n` };
}

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
