import { isObject } from "./json.js";

const never = (): boolean => false;
const isInt32 = (value: unknown): boolean => Number.isInteger(value) && value === ((value as number) | 0);
const isInt64 = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) < 2 ** 63;

/**
 * MongoDB's types by name, with their codes. JSON writes all numbers alike, so the smallest type that holds the value
 * counts, as it does when a JSON document is put into MongoDB. Types that JSON can't express match nothing.
 */
const TYPES: ReadonlyMap<string, { code?: number; holds: (value: unknown) => boolean }> = new Map([
  ["double", { code: 1, holds: (value: unknown): boolean => typeof value === "number" && !isInt64(value) }],
  ["string", { code: 2, holds: (value: unknown): boolean => typeof value === "string" }],
  ["object", { code: 3, holds: isObject }],
  ["array", { code: 4, holds: Array.isArray }],
  ["binData", { code: 5, holds: never }],
  ["undefined", { code: 6, holds: never }],
  ["objectId", { code: 7, holds: never }],
  ["bool", { code: 8, holds: (value: unknown): boolean => typeof value === "boolean" }],
  ["date", { code: 9, holds: never }],
  ["null", { code: 10, holds: (value: unknown): boolean => value === null }],
  ["regex", { code: 11, holds: never }],
  ["dbPointer", { code: 12, holds: never }],
  ["javascript", { code: 13, holds: never }],
  ["symbol", { code: 14, holds: never }],
  ["javascriptWithScope", { code: 15, holds: never }],
  ["int", { code: 16, holds: isInt32 }],
  ["timestamp", { code: 17, holds: never }],
  ["long", { code: 18, holds: (value: unknown): boolean => isInt64(value) && !isInt32(value) }],
  ["decimal", { code: 19, holds: never }],
  ["minKey", { code: -1, holds: never }],
  ["maxKey", { code: 127, holds: never }],
  ["number", { holds: (value: unknown): boolean => typeof value === "number" }],
]);

const BY_CODE = new Map([...TYPES.values()].map((type) => [type.code, type]));

/**
 * The test behind a name or a code of `$type`.
 *
 * @returns undefined when MongoDB knows no such type
 */
export function typeTest(type: unknown): ((value: unknown) => boolean) | undefined {
  if (typeof type === "string") return TYPES.get(type)?.holds;
  return typeof type === "number" ? BY_CODE.get(type)?.holds : undefined;
}
