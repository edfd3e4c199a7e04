import { isObject } from "./json.js";

const isInt32 = (value: unknown): boolean => Number.isInteger(value) && value === ((value as number) | 0);
const isInt64 = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= -(2 ** 63) && (value as number) < 2 ** 63;

/** MongoDB's types in the order of their codes, from 1 on. */
const TYPE_NAMES = (
  "double string object array binData undefined objectId bool date null regex dbPointer javascript symbol " +
  "javascriptWithScope int timestamp long decimal"
).split(" ");
const TYPE_BY_CODE = new Map([
  ...TYPE_NAMES.map((name, index) => [index + 1, name] as const),
  [-1, "minKey"],
  [127, "maxKey"],
]);

/**
 * The types that JSON can express. JSON has one type of number, so the smallest type that holds the value counts, as
 * for a JSON document that is imported into MongoDB.
 */
const TESTS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ["double", (value: unknown) => typeof value === "number" && !isInt64(value)],
  ["string", (value: unknown) => typeof value === "string"],
  ["object", isObject],
  ["array", Array.isArray],
  ["bool", (value: unknown) => typeof value === "boolean"],
  ["null", (value: unknown) => value === null],
  ["int", isInt32],
  ["long", (value: unknown) => isInt64(value) && !isInt32(value)],
  ["number", (value: unknown) => typeof value === "number"],
]);
const KNOWN_NAMES: ReadonlySet<unknown> = new Set([...TYPE_BY_CODE.values(), ...TESTS.keys()]);

/**
 * Finds the test for a name or a code of `$type`.
 *
 * @returns undefined for a type that MongoDB does not have
 */
export function bsonTypeTest(type: unknown): ((value: unknown) => boolean) | undefined {
  const name = typeof type === "number" ? TYPE_BY_CODE.get(type) : type;
  return KNOWN_NAMES.has(name) ? (TESTS.get(name as string) ?? (() => false)) : undefined;
}
