import { taskOf } from "../../domain/ids.js";
import { toSummaryEventData, type WorkflowSummary } from "../../domain/summary.js";
import type { WorkflowEvent } from "../../domain/workflowEvents.js";
import { encodePositions, type ResumePosition } from "./resumePositions.js";

/*
 * What goes over the wire, in the format of HTML's server-sent events.
 */

/** An event but for its id, which depends on who watches. */
export interface SseEvent {
  /** The line with the name. */
  eventLine: string;
  /** The line with the data. */
  dataLine: string;
}

/** Tells a client where to resume, without an event. */
export const formatId = (id: string): string => `id: ${id}\n\n`;

/** Shows that the connection is alive, and spares a quiet watcher from having to resume too far back. */
export const formatHeartbeat = (id: string): string => `: heartbeat\n${formatId(id)}`;

/** @param delayMs after which a client that lost its connection tries again */
export const formatRetry = (delayMs: number): string => `retry: ${delayMs}\n`;

/** What was to come after an id is lost: the client has to read the state anew. */
export const formatGap = (id: string): string => formatEvent(createSseEvent("gap", {}), id);

/** An event with its id. */
const formatEvent = ({ eventLine, dataLine }: SseEvent, id: string): string => `${eventLine}id: ${id}\n${dataLine}`;

/**
 * The events of one entry.
 *
 * @param positionsAfter where a watcher is when it has been told so many events of the entry; undefined: all
 * @param skipCount how many of them it was told before
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
 * What an entry of a stream is told as: one event for each taskforce that it names.
 *
 * @param summary of the workflow, where the entry is about that; a workflow without one has nothing to tell
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
