import { isTaskforceUuid, isTaskId, isWorkflowId } from "../../domain/ids.js";
import { type EntityKind, ID_FIELD, type IdByKind, INDEXED_FIELDS, partitionOf } from "../../store/keys.js";
import { holdsOperators } from "./filterShape.js";
import type { JsonObject } from "./json.js";

/**
 * A set of entities that holds every match: those with these ids, or those with these values of an indexed field. A
 * match satisfies every cover of a plan, so the walk may take any of them.
 */
export type CandidateSet<K extends EntityKind = EntityKind> =
  | { readonly by: "ids"; readonly ids: readonly IdByKind[K][] }
  | { readonly by: "index"; readonly field: string; readonly values: readonly (string | number)[] };

/** Where the matches of a filter can lie. */
export interface QueryPlan<K extends EntityKind = EntityKind> {
  /** The only partitions that can hold a match; undefined: all. */
  readonly partitions: ReadonlySet<number> | undefined;
  /** Empty: no index helps, every entity has to be looked at. */
  readonly candidateSets: readonly CandidateSet<K>[];
  /** When the matches were created, both ends included. */
  readonly created: CreationTimeRange;
}

/** Epoch seconds; infinite where there is no bound. */
export interface CreationTimeRange {
  readonly from: number;
  readonly to: number;
}

/** What a filter demands of one field. A value alone is written as `$eq`. */
type FieldCondition = readonly [field: string, operators: JsonObject];

/** More sorted sets than that cost more look-ups than they save. */
const MAX_SORTED_SETS = 16_000;

const ID_CHECKS: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
  ["workflow_id", isWorkflowId],
  ["task_id", isTaskId],
  ["taskforce_uuid", isTaskforceUuid],
]);

/**
 * Looks for what a filter says about indexed fields (equality, `$eq` and `$in`) and about `timestamp` (equality and
 * comparisons), at the top or under `$and`. The rest of the filter is not read; the caller tests each document with all
 * of it.
 *
 * @param filter validated
 */
export function planFilter<K extends EntityKind>(
  kind: K,
  filter: Record<string, unknown>,
  partitions: number,
): QueryPlan<K> {
  let possiblePartitions: ReadonlySet<number> | undefined;
  const candidateSets: CandidateSet<K>[] = [];
  const fieldConditions = fieldConditionsOf(filter);
  for (const { field, values } of fieldConditions.flatMap(valueListsOf)) {
    const isOwnId = field === ID_FIELD[kind];
    if (!isOwnId && !(INDEXED_FIELDS[kind] as readonly string[]).includes(field)) continue;
    if (!values.every(indexableCheck(field))) continue;
    const distinct = [...new Set(values)] as (string | number)[];
    const isId = ID_CHECKS.get(field);
    if (isId === undefined) {
      if (distinct.length * partitions <= MAX_SORTED_SETS) candidateSets.push({ by: "index", field, values: distinct });
      continue;
    }
    // A malformed id was never issued, so it matches nothing.
    const ids = distinct.filter((value) => isId(String(value))) as IdByKind[EntityKind][];
    possiblePartitions = intersectPartitions(possiblePartitions, new Set(ids.map((id) => partitionOf(id, partitions))));
    if (isOwnId) candidateSets.push({ by: "ids", ids: ids as IdByKind[K][] });
    else if (ids.length <= MAX_SORTED_SETS) candidateSets.push({ by: "index", field, values: ids });
  }
  return { partitions: possiblePartitions, candidateSets, created: creationTimeRange(fieldConditions) };
}

/** The values of a cover that a partition can hold: all entities with one workflow's or task's id lie together. */
export function valuesInPartition(
  candidateSet: Extract<CandidateSet, { by: "index" }>,
  partition: number,
  partitions: number,
): readonly (string | number)[] {
  if (!ID_CHECKS.has(candidateSet.field)) return candidateSet.values;
  return candidateSet.values.filter((id) => partitionOf(id as IdByKind[EntityKind], partitions) === partition);
}

function fieldConditionsOf(query: JsonObject): FieldCondition[] {
  return Object.entries(query).flatMap(([key, value]): FieldCondition[] => {
    if (key === "$and") return (value as JsonObject[]).flatMap(fieldConditionsOf);
    if (key.startsWith("$")) return [];
    return [[key, holdsOperators(value) ? value : { $eq: value }]];
  });
}

/** The lists of values of which a field must have one. */
function valueListsOf([field, operators]: FieldCondition): { field: string; values: readonly unknown[] }[] {
  const lists: { field: string; values: readonly unknown[] }[] = [];
  if (Object.hasOwn(operators, "$eq")) lists.push({ field, values: [operators["$eq"]] });
  if (Object.hasOwn(operators, "$in")) lists.push({ field, values: operators["$in"] as unknown[] });
  return lists;
}

/** The bounds of `timestamp`, by which every index is sorted. */
function creationTimeRange(fieldConditions: readonly FieldCondition[]): CreationTimeRange {
  const bounds = (names: readonly string[]): number[] =>
    fieldConditions
      .filter(([field]) => field === "timestamp")
      .flatMap(([, operators]) => names.filter((name) => Object.hasOwn(operators, name)).map((name) => operators[name]))
      .filter((bound) => typeof bound === "number");
  return {
    from: Math.max(Number.NEGATIVE_INFINITY, ...bounds(["$eq", "$gt", "$gte"])),
    to: Math.min(Number.POSITIVE_INFINITY, ...bounds(["$eq", "$lt", "$lte"])),
  };
}

/** Null and "" are in no index, so an entity with them would be missed; so would any value of another type. */
const indexableCheck = (field: string): ((value: unknown) => boolean) =>
  field === "cluster_id" ? Number.isSafeInteger : (value) => typeof value === "string" && value !== "";

const intersectPartitions = (known: ReadonlySet<number> | undefined, more: ReadonlySet<number>): ReadonlySet<number> =>
  known === undefined ? more : new Set([...more].filter((partition) => known.has(partition)));
