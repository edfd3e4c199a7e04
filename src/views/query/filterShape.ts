import { isObject, isScalar, type JsonObject } from "./json.js";

/** Operators that combine whole filters. */
export const LOGICAL_OPERATORS: ReadonlySet<string> = new Set(["$and", "$or", "$nor"]);

/** Whether a value holds operators, and is not an object to compare with. */
export const holdsOperators = (value: unknown): value is JsonObject =>
  isObject(value) && Object.keys(value).some((key) => key.startsWith("$"));

/** Whether the operand of `$elemMatch` holds operators on the members themselves, not a filter on their fields. */
export const isMemberCondition = (value: JsonObject): boolean =>
  Object.keys(value).some((key) => key.startsWith("$") && !LOGICAL_OPERATORS.has(key) && key !== "$comment");

/**
 * Counts the conditions that a filter tries on a document at the most: fields, operators, entries of `$all`, objects and
 * arrays in `$in` and `$nin`. Scalars in `$in` and `$nin` are looked up in a set and do not count.
 *
 * @param query validated
 */
export const countConditions = (query: JsonObject): number =>
  sumBy(Object.entries(query), ([key, value]) => {
    if (LOGICAL_OPERATORS.has(key)) return 1 + sumBy(value as JsonObject[], countConditions);
    return 1 + countOperatorConditions(value);
  });

const countOperatorConditions = (condition: unknown): number =>
  holdsOperators(condition)
    ? sumBy(Object.entries(condition), ([name, operand]) => 1 + countNestedConditions(name, operand))
    : 0;

function countNestedConditions(name: string, operand: unknown): number {
  switch (name) {
    case "$not":
      return countOperatorConditions(operand);
    case "$in":
    case "$nin":
      return sumBy(operand as unknown[], (value) => (isScalar(value) ? 0 : 1));
    case "$all":
      return sumBy(operand as unknown[], (value) => 1 + countOperatorConditions(value));
    case "$elemMatch": {
      const members = operand as JsonObject;
      return isMemberCondition(members) ? countOperatorConditions(members) : countConditions(members);
    }
    default:
      return 0;
  }
}

const sumBy = <T>(list: readonly T[], count: (one: T) => number): number =>
  list.reduce((total, one) => total + count(one), 0);
