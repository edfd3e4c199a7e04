import { isObject, type JsonObject } from "./json.js";

/** Operators that combine whole filters. */
export const LOGICAL_OPERATORS: ReadonlySet<string> = new Set(["$and", "$or", "$nor"]);

/** Whether a value holds operators, and is not an object to compare with. */
export const holdsOperators = (value: unknown): value is JsonObject =>
  isObject(value) && Object.keys(value).some((key) => key.startsWith("$"));

/** Whether the operand of `$elemMatch` holds operators on the members themselves, not a filter on their fields. */
export const isMemberCondition = (value: JsonObject): boolean =>
  Object.keys(value).some((key) => key.startsWith("$") && !LOGICAL_OPERATORS.has(key) && key !== "$comment");
