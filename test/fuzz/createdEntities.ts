import type { CreatedWorkflow } from "../api/requestBodies.js";

/** Created entities, and the placeholders for their ids in generated requests. */

const KINDS = ["workflow", "task", "taskforce"] as const;
/** A kind of entity. */
export type EntityKind = (typeof KINDS)[number];

/** Returns a placeholder for the id of an entity. @param n index of the entity, modulo their number */
export const placeholder = (kind: EntityKind, n: number): string => `@{${kind}:${n}}`;

const PLACEHOLDER = /@\{(workflow|task|taskforce):(\d+)\}/g;
/** Whether a text contains a placeholder. */
export const namesEntity = (text: string): boolean => text.search(PLACEHOLDER) >= 0;

/** Placeholders refer to this number of newest entities. */
const NEWEST_COUNT = 60;

/** The ids of all created entities. */
export class CreatedEntities {
  readonly #ids: Record<EntityKind, string[]> = { workflow: [], task: [], taskforce: [] };

  /** Adds the ids in the response to a creation. */
  addCreated({ workflow, task_directives, taskforces }: CreatedWorkflow): void {
    this.#ids.workflow.push(workflow.workflow_id);
    this.#ids.task.push(...task_directives.map(({ task_id }) => task_id));
    this.#ids.taskforce.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }

  /** Replaces the placeholders in a text by ids. */
  fillPlaceholders(text: string): string {
    return text.replace(PLACEHOLDER, (word, kind: EntityKind, n: string) => {
      const ids = this.#ids[kind].slice(-NEWEST_COUNT);
      return ids[Number(n) % ids.length] ?? word;
    });
  }
}
