import { DEFAULT_PRIORITY } from "../domain/taskforce.js";
import { ACTIVE, type EntityKind, INDEXED_FIELDS, STATE_INDEXES, YES } from "./keys.js";

/**
 * The index of this value of a field is left out: it would hold most entities, and cost 140 bytes for each. A scan finds
 * them as fast.
 */
const isUnindexed = (field: string, value: unknown): boolean => field === "priority" && value === DEFAULT_PRIORITY;

/** Whether a value of a field has an index, if any entity has it. `null` and `""` have none. */
export const hasIndex = (field: string, value: unknown): value is string | number =>
  (typeof value === "number" || (typeof value === "string" && value !== "")) && !isUnindexed(field, value);

/** The indexes that contain an entity, as pairs of field and value. @param entity with the fields of the API */
export function indexValuesOf(kind: EntityKind, entity: object): [field: string, value: string | number][] {
  const fields = entity as Readonly<Record<string, unknown>>;
  return [...INDEXED_FIELDS[kind], ...STATE_INDEXES[kind]].flatMap((field): [string, string | number][] => {
    const value = Object.hasOwn(STATE_VALUES, field)
      ? STATE_VALUES[field as keyof typeof STATE_VALUES](fields)
      : fields[field];
    return hasIndex(field, value) ? [[field, value]] : [];
  });
}

/** The value of each state's index; undefined: in none. */
const STATE_VALUES = {
  phase: ({ phase }) => phase,
  deactivated: ({ deactivated }) => deactivated ?? ACTIVE,
  errors: ({ top_task_errors }) => (Object.keys(top_task_errors as object).length > 0 ? YES : undefined),
  failures: ({ phase_change_log }) =>
    (phase_change_log as { was_successful: boolean }[]).some((change) => !change.was_successful) ? YES : undefined,
} as const satisfies Record<
  (typeof STATE_INDEXES)[EntityKind][number],
  (fields: Readonly<Record<string, unknown>>) => unknown
>;
