import type { Created } from "../api/requestBodies.js";

/** The entities that requests can be about, and the words by which requests name them until they are sent. */

const KINDS = ["workflow", "task", "taskforce"] as const;
/** A kind of entity. */
export type EntityKind = (typeof KINDS)[number];

/** What stands in a request for the id of an entity that will be there. @param n which of them, modulo their number */
export const standIn = (kind: EntityKind, n: number): string => `@{${kind}:${n}}`;

const STAND_IN = /@\{(workflow|task|taskforce):(\d+)\}/g;
/** Whether a text names an entity that will be there. */
export const namesEntity = (text: string): boolean => text.search(STAND_IN) >= 0;

/** Of so many of the newest a request is about one. */
const NEWEST = 60;

/** The ids that a service has given out so far. */
export class Entities {
  readonly #ids: Record<EntityKind, string[]> = { workflow: [], task: [], taskforce: [] };

  /** Takes the ids out of the answer to a creation. */
  learn({ workflow, task_directives, taskforces }: Created): void {
    this.#ids.workflow.push(workflow.workflow_id);
    this.#ids.task.push(...task_directives.map(({ task_id }) => task_id));
    this.#ids.taskforce.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }

  /** A text with ids in the place of the words that stand for them. */
  fill(text: string): string {
    return text.replace(STAND_IN, (word, kind: EntityKind, n: string) => {
      const ids = this.#ids[kind].slice(-NEWEST);
      return ids[Number(n) % ids.length] ?? word;
    });
  }
}
