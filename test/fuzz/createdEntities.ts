import type { CreatedWorkflow } from "../api/requestBodies.js";

/** The entities that requests can be about, and the words by which requests name them until they are sent. */

const KINDS = ["workflow", "task", "taskforce"] as const;
/** A kind of entity. */
export type EntityKind = (typeof KINDS)[number];

/** What stands in a request for the id of an entity that will be there. @param n which of them, modulo their number */
export const placeholder = (kind: EntityKind, n: number): string => `@{${kind}:${n}}`;

const PLACEHOLDER = /@\{(workflow|task|taskforce):(\d+)\}/g;
/** Whether a text names an entity that will be there. */
export const namesEntity = (text: string): boolean => text.search(PLACEHOLDER) >= 0;

/** Of so many of the newest a request is about one. */
const NEWEST_COUNT = 60;

/** The ids that a service has given out so far. */
export class CreatedEntities {
  readonly #ids: Record<EntityKind, string[]> = { workflow: [], task: [], taskforce: [] };

  /** Takes the ids out of the answer to a creation. */
  addCreated({ workflow, task_directives, taskforces }: CreatedWorkflow): void {
    this.#ids.workflow.push(workflow.workflow_id);
    this.#ids.task.push(...task_directives.map(({ task_id }) => task_id));
    this.#ids.taskforce.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }

  /** A text with ids in the place of the words that stand for them. */
  fillPlaceholders(text: string): string {
    return text.replace(PLACEHOLDER, (word, kind: EntityKind, n: string) => {
      const ids = this.#ids[kind].slice(-NEWEST_COUNT);
      return ids[Number(n) % ids.length] ?? word;
    });
  }
}
