import { isObject } from "./json.js";

const matchesNothing = (): boolean => false;
const isInt32 = (value: unknown): boolean => Number.isInteger(value) && value === ((value as number) | 0);
const isInt64 = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) < 2 ** 63;

/**
 * MongoDB's types by name, with their codes. JSON has one type of number, so the smallest type that holds the value counts, as
 * for a JSON document that is imported into MongoDB. Types that JSON cannot express match nothing.
 */
const BSON_TYPES: ReadonlyMap<string, { code?: number; holds: (value: unknown) => boolean }> = new Map([
  ["double", { code: 1, holds: (value: unknown): boolean => typeof value === "number" && !isInt64(value) }],
  ["string", { code: 2, holds: (value: unknown): boolean => typeof value === "string" }],
  ["object", { code: 3, holds: isObject }],
  ["array", { code: 4, holds: Array.isArray }],
  ["binData", { code: 5, holds: matchesNothing }],
  ["undefined", { code: 6, holds: matchesNothing }],
  ["objectId", { code: 7, holds: matchesNothing }],
  ["bool", { code: 8, holds: (value: unknown): boolean => typeof value === "boolean" }],
  ["date", { code: 9, holds: matchesNothing }],
  ["null", { code: 10, holds: (value: unknown): boolean => value === null }],
  ["regex", { code: 11, holds: matchesNothing }],
  ["dbPointer", { code: 12, holds: matchesNothing }],
  ["javascript", { code: 13, holds: matchesNothing }],
  ["symbol", { code: 14, holds: matchesNothing }],
  ["javascriptWithScope", { code: 15, holds: matchesNothing }],
  ["int", { code: 16, holds: isInt32 }],
  ["timestamp", { code: 17, holds: matchesNothing }],
  ["long", { code: 18, holds: (value: unknown): boolean => isInt64(value) && !isInt32(value) }],
  ["decimal", { code: 19, holds: matchesNothing }],
  ["minKey", { code: -1, holds: matchesNothing }],
  ["maxKey", { code: 127, holds: matchesNothing }],
  ["number", { holds: (value: unknown): boolean => typeof value === "number" }],
]);

const TYPE_BY_CODE = new Map([...BSON_TYPES.values()].map((type) => [type.code, type]));

/**
 * Finds the test for a name or a code of `$type`.
 *
 * @returns undefined for a type that MongoDB does not have
 */
export function bsonTypeTest(type: unknown): ((value: unknown) => boolean) | undefined {
  if (typeof type === "string") return BSON_TYPES.get(type)?.holds;
  return typeof type === "number" ? TYPE_BY_CODE.get(type)?.holds : undefined;
}
