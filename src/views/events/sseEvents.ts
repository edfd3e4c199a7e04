import { taskOf } from "../../domain/ids.js";
import { toldSummary, type WorkflowSummary } from "../../domain/summary.js";
import type { WorkflowEvent } from "../../domain/workflowEvents.js";
import { idOfPositions, type Position } from "./resumePositions.js";

/*
 * What goes over the wire, in the format of HTML's server-sent events.
 */

/** An event but for its id, which depends on who watches. */
export interface Told {
  /** The line with the name. */
  name: string;
  /** The line with the data. */
  data: string;
}

/** Tells a client where to resume, without an event. */
export const idFrame = (id: string): string => `id: ${id}\n\n`;

/** Shows that the connection is alive, and spares a quiet watcher from having to resume too far back. */
export const heartbeatFrame = (id: string): string => `: heartbeat\n${idFrame(id)}`;

/** @param milliseconds after which a client that lost its connection tries again */
export const retryFrame = (milliseconds: number): string => `retry: ${milliseconds}\n`;

/** What was to come after an id is lost: the client has to read the state anew. */
export const gapFrame = (id: string): string => frameOf(told("gap", {}), id);

/** An event with its id. */
const frameOf = ({ name, data }: Told, id: string): string => `${name}id: ${id}\n${data}`;

/**
 * The events of one entry.
 *
 * @param positionsWhen where a watcher is when it has been told so many events of the entry; undefined: all
 * @param skip how many of them it was told before
 */
export function framesOf(
  events: readonly Told[],
  positionsWhen: (told: number | undefined) => readonly Position[],
  skip = 0,
): string {
  let frames = "";
  for (let told = skip + 1; told <= events.length; told++) {
    const event = events[told - 1];
    if (event === undefined) break;
    frames += frameOf(event, idOfPositions(positionsWhen(told < events.length ? told : undefined)));
  }
  return frames;
}

function told(name: string, data: object): Told {
  return { name: `event: ${name}\n`, data: `data: ${JSON.stringify(data)}\n\n` };
}

/**
 * What an entry of a stream is told as: one event for each taskforce that it names.
 *
 * @param summary of the workflow, where the entry is about that; a workflow without one has nothing to tell
 */
export function toldOf(event: WorkflowEvent, summary: WorkflowSummary | undefined): Told[] {
  const { workflow: workflow_id } = event;
  switch (event.kind) {
    case "phase": {
      const { phase, from, at: timestamp, ok: was_successful, schedd } = event;
      return event.taskforces.map((taskforce_uuid) => {
        const task_id = taskOf(taskforce_uuid);
        const about = { workflow_id, task_id, taskforce_uuid };
        return told("phase", { ...about, phase, from, timestamp, was_successful, schedd });
      });
    }
    case "summary":
      return summary === undefined ? [] : [told("summary", { workflow_id, ...toldSummary(summary) })];
    case "deactivated":
      return [told("deactivated", { workflow_id, deactivated: event.deactivated, timestamp: event.at })];
    case "created":
      return [told("created", { workflow_id, timestamp: event.at })];
  }
}
