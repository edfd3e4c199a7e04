/** A parsed JSON object. */
export type JsonObject = Record<string, unknown>;

/** Whether a JSON value is an object, not an array or null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a JSON value is not an object or array. */
export const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null;

/** The name of a JSON value's type, for error messages. */
export function jsonTypeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Orders surrogates after all other UTF-16 units, as in code point order. */
const codePointRank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** Compares by code point, as MongoDB does; JavaScript's `<` compares UTF-16 units. */
function compareStrings(one: string, other: string): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index++) {
    const [unit, counterpart] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (unit !== counterpart) return codePointRank(unit) - codePointRank(counterpart);
  }
  return one.length - other.length;
}

/** Types in MongoDB's order. */
const TYPE_ORDER = ["null", "number", "string", "object", "array", "boolean"];

/**
 * Compares two values of one type as MongoDB does: strings by code point, arrays and objects member by member. A missing field
 * (undefined) counts as null.
 *
 * @returns negative, zero or positive; undefined when the types differ, because MongoDB's operators do not compare types
 */
export function compareValues(one: unknown, other: unknown): number | undefined {
  if ((one ?? null) === (other ?? null)) return 0;
  if (typeof one === "string" && typeof other === "string") return compareStrings(one, other);
  if (jsonTypeName(one) !== jsonTypeName(other)) return undefined;
  if (typeof one === "object") return compareMembers(Object.entries(one ?? {}), Object.entries(other ?? {}));
  return Number(one) - Number(other);
}

type ObjectEntries = readonly [key: string, value: unknown][];

/**
 * Compares by the first pair of members that differs: in type, then in key, then in value. Only own keys count, so a key
 * `__proto__` is plain data.
 */
function compareMembers(members: ObjectEntries, others: ObjectEntries): number {
  for (const [index, [key, value]] of members.entries()) {
    const counterpart = others[index];
    if (counterpart === undefined) return 1;
    const [otherKey, otherValue] = counterpart;
    const order =
      TYPE_ORDER.indexOf(jsonTypeName(value)) - TYPE_ORDER.indexOf(jsonTypeName(otherValue)) ||
      compareStrings(key, otherKey) ||
      compareValues(value, otherValue);
    if (order) return order;
  }
  return members.length - others.length;
}

/**
 * Whether two values are equal as in MongoDB: arrays by position, objects with the same keys in the same order. A missing
 * value (undefined) equals null.
 */
export function isSameValue(one: unknown, other: unknown): boolean {
  if ((one ?? null) === (other ?? null)) return true;
  if (jsonTypeName(one) !== jsonTypeName(other) || typeof one !== "object") return false;
  const [members, others] = [one as JsonObject, other as JsonObject];
  const keys = Object.keys(members);
  const otherKeys = Object.keys(others);
  return (
    keys.length === otherKeys.length &&
    keys.every((key, index) => key === otherKeys[index] && isSameValue(members[key], others[key]))
  );
}
