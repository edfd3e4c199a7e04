import { holdsOperators, isMemberCondition, LOGICAL_OPERATORS } from "./filterShape.js";
import { isScalar, type JsonObject } from "./json.js";

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
