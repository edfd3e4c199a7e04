import { isObject, type JsonObject } from "./json.js";

/** Operators that combine whole filters. */
export const LOGICAL_OPERATORS: ReadonlySet<string> = new Set(["$and", "$or", "$nor"]);

/** Whether a value is a set of operators rather than an object to compare with. */
export const holdsOperators = (value: unknown): value is JsonObject =>
  isObject(value) && Object.keys(value).some((key) => key.startsWith("$"));

/** Whether the argument of `$elemMatch` is a set of operators on the members themselves, not a filter on their fields. */
export const isMemberCondition = (value: JsonObject): boolean =>
  Object.keys(value).some((key) => key.startsWith("$") && !LOGICAL_OPERATORS.has(key) && key !== "$comment");
