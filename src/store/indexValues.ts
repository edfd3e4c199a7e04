import { UNCHECKED_CALLER } from "../domain/caller.js";
import { DEFAULT_PRIORITY } from "../domain/taskforce.js";
import { ACTIVE, type EntityKind, INDEXED_FIELDS, ORIGIN_INDEXES, STATE_INDEXES, YES } from "./keys.js";

/**
 * The index of this value of a field is left out: it would hold most entities, and cost 140 bytes for each. A scan finds
 * them as fast.
 */
const isUnindexed = (field: string, value: unknown): boolean => field === "priority" && value === DEFAULT_PRIORITY;

/** Whether a value of a field has an index, if any entity has it. `null` and `""` have none. */
export const hasIndex = (field: string, value: unknown): value is string | number =>
  (typeof value === "number" || (typeof value === "string" && value !== "")) && !isUnindexed(field, value);

/**
 * The indexes that contain an entity, as pairs of field and value.
 *
 * @param entity with the fields of the API, and of a workflow those of `indexedOrigin`
 */
export function indexValuesOf(kind: EntityKind, entity: object): [field: string, value: string | number][] {
  const fields = entity as Readonly<Record<string, unknown>>;
  const ofApi = [...INDEXED_FIELDS[kind], ...STATE_INDEXES[kind]].flatMap((field): [string, string | number][] => {
    const value = Object.hasOwn(STATE_VALUES, field)
      ? STATE_VALUES[field as keyof typeof STATE_VALUES](fields)
      : fields[field];
    return hasIndex(field, value) ? [[field, value]] : [];
  });
  return kind === "workflow" ? [...ofApi, ...originValuesOf(fields)] : ofApi;
}

/** The values of {@link ORIGIN_INDEXES}. While authentication is off, all workflows have the same owner. */
function originValuesOf({ owner, labels }: { owner?: unknown; labels?: unknown }): [field: string, value: string][] {
  const [ownerField, labelField] = ORIGIN_INDEXES;
  const isKnown = typeof owner === "string" && owner !== UNCHECKED_CALLER.subject;
  const ofLabels = ((labels ?? []) as string[]).map((label): [string, string] => [labelField, label]);
  return isKnown ? [[ownerField, owner], ...ofLabels] : ofLabels;
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
