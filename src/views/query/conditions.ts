import { isScalar, type JsonObject } from "./json.js";
import { holdsOperators, isMemberCondition, LOGICAL } from "./filterShape.js";

/**
 * How many conditions a filter tries on a document, at the most: fields, operators, entries of `$all`, objects and arrays
 * in `$in` and `$nin`. Scalars in those are looked up in a set, and don't count.
 *
 * @param query validated
 */
export const countConditions = (query: JsonObject): number =>
  sum(Object.entries(query), ([key, value]) => {
    if (LOGICAL.has(key)) return 1 + sum(value as JsonObject[], countConditions);
    return 1 + countOperators(value);
  });

const countOperators = (condition: unknown): number =>
  holdsOperators(condition)
    ? sum(Object.entries(condition), ([name, operand]) => 1 + countBelow(name, operand))
    : 0;

function countBelow(name: string, operand: unknown): number {
  switch (name) {
    case "$not":
      return countOperators(operand);
    case "$in":
    case "$nin":
      return sum(operand as unknown[], (value) => (isScalar(value) ? 0 : 1));
    case "$all":
      return sum(operand as unknown[], (value) => 1 + countOperators(value));
    case "$elemMatch": {
      const members = operand as JsonObject;
      return isMemberCondition(members) ? countOperators(members) : countConditions(members);
    }
    default:
      return 0;
  }
}

const sum = <T>(list: readonly T[], count: (one: T) => number): number =>
  list.reduce((total, one) => total + count(one), 0);
