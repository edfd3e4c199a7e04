/** What JSON text can hold, once parsed. */
export type JsonObject = Record<string, unknown>;

/** Whether a JSON value is an object: no array, not null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The name of a JSON value's type, for messages. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/**
 * MongoDB's equality of whole values: arrays by position, objects with the same keys in the same order.
 * Only own keys count, so that a key named `__proto__` is data like any other.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((member, index) => sameValue(member, other[index]))
    );
  const keys = Object.keys(one);
  const others = Object.keys(other);
  return (
    keys.length === others.length &&
    keys.every(
      (key, index) =>
        key === others[index] && sameValue((one as JsonObject)[key], (other as JsonObject)[key]),
    )
  );
}

/** Moves the surrogates behind all other UTF-16 units, so that comparing units compares code points. */
const codePointRank = (unit: number): number =>
  unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800;

/** MongoDB compares strings by their UTF-8 bytes, that is by code point; JavaScript's `<` compares UTF-16 units. */
function compareTexts(one: string, other: string): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index++) {
    const [unit, counterpart] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (unit !== counterpart) return codePointRank(unit) - codePointRank(counterpart);
  }
  return one.length - other.length;
}

/**
 * Orders two scalars of one type.
 *
 * @returns negative, zero or positive; undefined when the types differ or have no order, since MongoDB's comparisons
 * never cross types. A missing field (undefined) counts as null.
 */
export function compareScalars(one: unknown, other: unknown): number | undefined {
  if (typeof one === "number" && typeof other === "number") return one === other ? 0 : one - other;
  if (typeof one === "string" && typeof other === "string") return compareTexts(one, other);
  if (typeof one === "boolean" && typeof other === "boolean") return Number(one) - Number(other);
  return (one ?? null) === null && (other ?? null) === null ? 0 : undefined;
}
