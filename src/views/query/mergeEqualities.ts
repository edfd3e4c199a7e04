import { groupBy } from "../../domain/groupBy.js";
import { holdsOperators, isMemberCondition, LOGICAL_OPERATORS } from "./filterShape.js";
import type { JsonObject } from "./json.js";

/** The places of clauses in the filter of the client, for errors: `query.$or[2]`. */
export type ClausePlaces = WeakMap<JsonObject, string>;

/**
 * Merges clauses of an `$or` or `$nor` that test one field for equality (a value, `$eq`, `$in`) into one `$in`, which looks its
 * values up in a set. An `$or` of one clause becomes that clause, under `$and`, where the planner finds it. Comments are
 * dropped.
 *
 * @param query validated
 * @param places receives the places of the clauses
 * @param place of the query
 * @returns an equivalent filter. Its `$in` may hold objects with keys that begin with `$`, which validation allows in `$eq`
 *   only
 */
export function mergeEqualities(query: JsonObject, places: ClausePlaces = new WeakMap(), place = "query"): JsonObject {
  const placed = (merged: JsonObject) => {
    places.set(merged, place);
    return merged;
  };
  const originalEntries = Object.entries(query);
  if (originalEntries.every(([key, value]) => !key.startsWith("$") && isFlat(value))) return placed(query);
  const entries: [key: string, value: unknown][] = [];
  const conjuncts: JsonObject[] = [];
  for (const [key, value] of originalEntries) {
    if (key === "$comment") continue;
    if (!LOGICAL_OPERATORS.has(key)) {
      entries.push([key, mergeNested(value)]);
      continue;
    }
    const clauses = (value as JsonObject[]).map((clause, index) =>
      mergeEqualities(clause, places, `${place}.${key}[${index}]`),
    );
    const mergedClauses = key === "$and" ? clauses : mergeClauses(clauses, places);
    if (key === "$and" || (key === "$or" && mergedClauses.length === 1)) conjuncts.push(...mergedClauses);
    else entries.push([key, mergedClauses]);
  }
  const [only] = conjuncts;
  if (only !== undefined && conjuncts.length === 1 && entries.length === 0) return only;
  return placed(Object.fromEntries(conjuncts.length === 0 ? entries : [["$and", conjuncts], ...entries]));
}

/** Replaces the first clause about a field by its `$in`, and drops the others. */
function mergeClauses(clauses: readonly JsonObject[], places: ClausePlaces): JsonObject[] {
  const equalities = clauses.map(equalityOf);
  const groups = groupBy(equalities, (equality) => equality?.field);
  return clauses.flatMap((clause, index) => {
    const field = equalities[index]?.field;
    if (field === undefined) return [clause];
    const group = groups.get(field);
    groups.delete(field);
    if (group === undefined) return [];
    if (group.length === 1) return [clause];
    const merged = { [field]: { $in: group.flatMap((equality) => equality?.values ?? []) } };
    places.set(merged, places.get(clause) ?? "query");
    return [merged];
  });
}

/** The equality that a clause consists of; undefined for other clauses. */
function equalityOf(clause: JsonObject): { field: string; values: readonly unknown[] } | undefined {
  const [field, ...further] = Object.keys(clause);
  if (field === undefined || further.length > 0 || LOGICAL_OPERATORS.has(field)) return undefined;
  const value = clause[field];
  if (!holdsOperators(value)) return { field, values: [value] };
  const { $eq, $in, ...others } = value;
  if (Object.keys(others).length > 0 || ($eq !== undefined && $in !== undefined)) return undefined;
  return { field, values: $in === undefined ? [$eq] : ($in as unknown[]) };
}

/** Merges the filters on the members of arrays, by operator. */
const MERGE_OPERAND: ReadonlyMap<string, (operand: unknown) => unknown> = new Map([
  ["$not", mergeNested],
  ["$all", (operand: unknown) => (operand as unknown[]).map(mergeNested)],
  [
    "$elemMatch",
    (operand: unknown) =>
      isMemberCondition(operand as JsonObject) ? mergeNested(operand) : mergeEqualities(operand as JsonObject),
  ],
]);

const isFlat = (condition: unknown): boolean =>
  !holdsOperators(condition) || !Object.keys(condition).some((name) => MERGE_OPERAND.has(name));

function mergeNested(condition: unknown): unknown {
  if (!holdsOperators(condition) || isFlat(condition)) return condition;
  return Object.fromEntries(
    Object.entries(condition).map(([name, operand]) => [name, MERGE_OPERAND.get(name)?.(operand) ?? operand]),
  );
}
