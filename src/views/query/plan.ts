import { type EntityKind, ID_FIELD, type IdByKind, INDEXED_FIELDS, partitionOf } from "../../store/keys.js";
import { ID_CHECKS } from "./cursor.js";
import { holdsOperators } from "./filterShape.js";
import type { JsonObject } from "./json.js";

/**
 * A set of entities that contains every match: those with these ids, or those with these values of an indexed field. Each
 * candidate set of a plan contains all matches, so the walk may use any of them.
 */
export type CandidateSet<K extends EntityKind = EntityKind> =
  | { readonly by: "ids"; readonly ids: readonly IdByKind[K][] }
  | { readonly by: "index"; readonly field: string; readonly values: readonly (string | number)[] };

/** Which entities can match a filter. */
export interface QueryPlan<K extends EntityKind = EntityKind> {
  /** The only partitions that can hold a match; undefined: all. */
  readonly partitions: ReadonlySet<number> | undefined;
  /** Empty: no index applies, and the walk reads every entity. */
  readonly candidateSets: readonly CandidateSet<K>[];
  /** The creation times of matches in epoch seconds, both ends included; infinite without a bound. */
  readonly created: { readonly from: number; readonly to: number };
}

/** The operators of a filter on one field. A plain value becomes `$eq`. */
type FieldCondition = readonly [field: string, operators: JsonObject];

/** Maximum sorted sets of a candidate set: reading more costs more than it saves. */
const MAX_SORTED_SETS = 16_000;

const ID_CHECK_BY_FIELD: ReadonlyMap<string, (text: string) => boolean> = new Map(
  (["workflow", "task", "taskforce"] as const).map((kind) => [ID_FIELD[kind], ID_CHECKS[kind]]),
);

/**
 * Finds the conditions of a filter on indexed fields (equality, `$eq` and `$in`) and on `timestamp` (equality and
 * comparisons), at the top level or under `$and`. Other conditions are ignored: the caller tests each document with the whole
 * filter.
 *
 * @param filter validated
 */
export function planFilter<K extends EntityKind>(kind: K, filter: JsonObject, partitions: number): QueryPlan<K> {
  let possiblePartitions: ReadonlySet<number> | undefined;
  const candidateSets: CandidateSet<K>[] = [];
  const fieldConditions = fieldConditionsOf(filter);
  for (const { field, values } of fieldConditions.flatMap(valueListsOf)) {
    const isOwnId = field === ID_FIELD[kind];
    if (!isOwnId && !(INDEXED_FIELDS[kind] as readonly string[]).includes(field)) continue;
    if (!values.every(indexableCheck(field))) continue;
    const distinct = [...new Set(values)] as (string | number)[];
    const isId = ID_CHECK_BY_FIELD.get(field);
    if (isId === undefined) {
      if (distinct.length * partitions <= MAX_SORTED_SETS) candidateSets.push({ by: "index", field, values: distinct });
      continue;
    }
    // A malformed id matches nothing.
    const ids = distinct.filter((value) => isId(String(value))) as IdByKind[EntityKind][];
    possiblePartitions = intersectPartitions(possiblePartitions, new Set(ids.map((id) => partitionOf(id, partitions))));
    if (isOwnId) candidateSets.push({ by: "ids", ids: ids as IdByKind[K][] });
    else if (ids.length <= MAX_SORTED_SETS) candidateSets.push({ by: "index", field, values: ids });
  }
  return { partitions: possiblePartitions, candidateSets, created: creationTimeRange(fieldConditions) };
}

/** The values of a candidate set in a partition. All entities with one workflow's or task's id lie in one partition. */
export function valuesInPartition(
  candidateSet: Extract<CandidateSet, { by: "index" }>,
  partition: number,
  partitions: number,
): readonly (string | number)[] {
  if (!ID_CHECK_BY_FIELD.has(candidateSet.field)) return candidateSet.values;
  return candidateSet.values.filter((id) => partitionOf(id as IdByKind[EntityKind], partitions) === partition);
}

function fieldConditionsOf(query: JsonObject): FieldCondition[] {
  return Object.entries(query).flatMap(([key, value]): FieldCondition[] => {
    if (key === "$and") return (value as JsonObject[]).flatMap(fieldConditionsOf);
    if (key.startsWith("$")) return [];
    return [[key, holdsOperators(value) ? value : { $eq: value }]];
  });
}

/** The lists of allowed values of a field. */
function valueListsOf([field, { $eq, $in }]: FieldCondition): { field: string; values: readonly unknown[] }[] {
  const lists = [...($eq === undefined ? [] : [[$eq]]), ...($in === undefined ? [] : [$in as unknown[]])];
  return lists.map((values) => ({ field, values }));
}

/** The bounds of `timestamp`, by which all indexes are sorted. */
function creationTimeRange(fieldConditions: readonly FieldCondition[]): QueryPlan["created"] {
  const bounds = (names: readonly string[]): number[] =>
    fieldConditions
      .filter(([field]) => field === "timestamp")
      .flatMap(([, operators]) => names.map((name) => operators[name]))
      .filter((bound) => typeof bound === "number");
  return {
    from: Math.max(Number.NEGATIVE_INFINITY, ...bounds(["$eq", "$gt", "$gte"])),
    to: Math.min(Number.POSITIVE_INFINITY, ...bounds(["$eq", "$lt", "$lte"])),
  };
}

/** Whether an index has a value. Null, "" and values of other types are in no index: their entities would be missed. */
const indexableCheck = (field: string): ((value: unknown) => boolean) =>
  field === "cluster_id" ? Number.isSafeInteger : (value) => typeof value === "string" && value !== "";

const intersectPartitions = (known: ReadonlySet<number> | undefined, more: ReadonlySet<number>): ReadonlySet<number> =>
  known === undefined ? more : new Set([...more].filter((partition) => known.has(partition)));
