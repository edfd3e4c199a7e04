import { isTaskforceUuid, isTaskId, isWorkflowId } from "../../domain/ids.js";
import { ID_FIELD, type IdOf, INDEXED, type Kind, partitionOf } from "../../store/keys.js";
import type { JsonObject } from "./json.js";
import { holdsOperators } from "./filterShape.js";

/**
 * A set of entities that holds every match: those with these ids, or those with these values of an indexed field. A
 * match satisfies every cover of a plan, so the walk may take any of them.
 */
export type Cover<K extends Kind = Kind> =
  | { readonly by: "ids"; readonly ids: readonly IdOf[K][] }
  | { readonly by: "index"; readonly field: string; readonly values: readonly (string | number)[] };

/** Where the matches of a filter can lie. */
export interface Plan<K extends Kind = Kind> {
  /** The only partitions that can hold a match; undefined: all. */
  readonly partitions: ReadonlySet<number> | undefined;
  /** Empty: no index helps, every entity has to be looked at. */
  readonly covers: readonly Cover<K>[];
  /** When the matches were created, both ends included. */
  readonly created: CreationTimes;
}

/** Epoch seconds; infinite where there is no bound. */
export interface CreationTimes {
  readonly from: number;
  readonly to: number;
}

/** What a filter demands of one field. A value alone is written as `$eq`. */
type Demand = readonly [field: string, operators: JsonObject];

/** More sorted sets than that cost more look-ups than they save. */
const MAX_SETS = 16_000;

const IS_ID: ReadonlyMap<string, (text: string) => boolean> = new Map<string, (text: string) => boolean>([
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
export function planFilter<K extends Kind>(
  kind: K,
  filter: Record<string, unknown>,
  partitions: number,
): Plan<K> {
  let routed: ReadonlySet<number> | undefined;
  const covers: Cover<K>[] = [];
  const demands = demandsOf(filter);
  for (const { field, values } of demands.flatMap(listsOf)) {
    const isOwnId = field === ID_FIELD[kind];
    if (!isOwnId && !(INDEXED[kind] as readonly string[]).includes(field)) continue;
    if (!values.every(isIndexed(field))) continue;
    const distinct = [...new Set(values)] as (string | number)[];
    const isId = IS_ID.get(field);
    if (isId === undefined) {
      if (distinct.length * partitions <= MAX_SETS) covers.push({ by: "index", field, values: distinct });
      continue;
    }
    // A malformed id was never issued, so it matches nothing.
    const ids = distinct.filter((value) => isId(String(value))) as IdOf[Kind][];
    routed = narrowed(routed, new Set(ids.map((id) => partitionOf(id, partitions))));
    if (isOwnId) covers.push({ by: "ids", ids: ids as IdOf[K][] });
    else if (ids.length <= MAX_SETS) covers.push({ by: "index", field, values: ids });
  }
  return { partitions: routed, covers, created: creationTimes(demands) };
}

/** The values of a cover that a partition can hold: all entities with one workflow's or task's id lie together. */
export function valuesIn(
  cover: Extract<Cover, { by: "index" }>,
  partition: number,
  partitions: number,
): readonly (string | number)[] {
  if (!IS_ID.has(cover.field)) return cover.values;
  return cover.values.filter((id) => partitionOf(id as IdOf[Kind], partitions) === partition);
}

function demandsOf(query: JsonObject): Demand[] {
  return Object.entries(query).flatMap(([key, value]): Demand[] => {
    if (key === "$and") return (value as JsonObject[]).flatMap(demandsOf);
    if (key.startsWith("$")) return [];
    return [[key, holdsOperators(value) ? value : { $eq: value }]];
  });
}

/** The lists of values of which a field must have one. */
function listsOf([field, operators]: Demand): { field: string; values: readonly unknown[] }[] {
  const lists: { field: string; values: readonly unknown[] }[] = [];
  if (Object.hasOwn(operators, "$eq")) lists.push({ field, values: [operators["$eq"]] });
  if (Object.hasOwn(operators, "$in")) lists.push({ field, values: operators["$in"] as unknown[] });
  return lists;
}

/** The bounds of `timestamp`, by which every index is sorted. */
function creationTimes(demands: readonly Demand[]): CreationTimes {
  const bounds = (names: readonly string[]): number[] =>
    demands
      .filter(([field]) => field === "timestamp")
      .flatMap(([, operators]) =>
        names.filter((name) => Object.hasOwn(operators, name)).map((name) => operators[name]),
      )
      .filter((bound) => typeof bound === "number");
  return {
    from: Math.max(Number.NEGATIVE_INFINITY, ...bounds(["$eq", "$gt", "$gte"])),
    to: Math.min(Number.POSITIVE_INFINITY, ...bounds(["$eq", "$lt", "$lte"])),
  };
}

/** Null and "" are in no index, so an entity with them would be missed; so would any value of another type. */
const isIndexed = (field: string): ((value: unknown) => boolean) =>
  field === "cluster_id" ? Number.isSafeInteger : (value) => typeof value === "string" && value !== "";

const narrowed = (known: ReadonlySet<number> | undefined, more: ReadonlySet<number>): ReadonlySet<number> =>
  known === undefined ? more : new Set([...more].filter((partition) => known.has(partition)));
