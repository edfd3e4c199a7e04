import { type JsonObject, jsonTypeName } from "./json.js";
import { WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";

/** A value of a filter to compare documents with. Objects and arrays are converted once, not for each document. */
export interface Literal {
  readonly value: unknown;
  readonly typeRank: number;
  /** The keys of an object; the indices of an array are its keys in comparisons. */
  readonly keys: readonly string[] | undefined;
  /** The members of an object or array. */
  readonly members: readonly Literal[];
}

/** Types in MongoDB's order. A missing field counts as null. */
const TYPE_ORDER = ["null", "number", "string", "object", "array", "boolean"];
const typeRankOf = (value: unknown): number => TYPE_ORDER.indexOf(jsonTypeName(value ?? null));

/** Converts a value of a filter. */
export function toLiteral(value: unknown): Literal {
  const typeRank = typeRankOf(value);
  if (Array.isArray(value)) return { value, typeRank, keys: undefined, members: value.map(toLiteral) };
  if (typeof value !== "object" || value === null) return { value, typeRank, keys: undefined, members: [] };
  // Only own keys count, so a key `__proto__` is plain data.
  const keys = Object.keys(value);
  return { value, typeRank, keys, members: keys.map((key) => toLiteral((value as JsonObject)[key])) };
}

/**
 * Compares a value of a document as MongoDB does: strings by code point, arrays and objects member by member. A missing
 * field (undefined) counts as null.
 *
 * @returns negative, zero or positive; undefined when the types differ, because MongoDB's operators do not compare types
 */
export function compareValues(value: unknown, literal: Literal, meter: WorkMeter): number | undefined {
  meter.charge(WORK.value);
  if ((value ?? null) === (literal.value ?? null)) return 0;
  if (typeof value === "string" && typeof literal.value === "string") return compareTexts(value, literal.value, meter);
  if (typeRankOf(value) !== literal.typeRank) return undefined;
  if (typeof value === "object") return compareMembers(value as object, literal, meter);
  return Number(value) - Number(literal.value);
}

/**
 * Whether a value of a document equals a value of a filter as in MongoDB: arrays by position, objects with the same keys
 * in the same order. A missing value (undefined) equals null.
 */
export const isSameValue = (value: unknown, literal: Literal, meter: WorkMeter): boolean =>
  !(Array.isArray(value) && value.length !== literal.members.length) && compareValues(value, literal, meter) === 0;

/** Compares by the first pair of members that differs: in type, then in key, then in value. */
function compareMembers(value: object, { keys, members }: Literal, meter: WorkMeter): number {
  const ownKeys = Array.isArray(value) ? undefined : Object.keys(value);
  meter.charge((ownKeys?.length ?? 0) * WORK.value);
  const count = ownKeys?.length ?? (value as unknown[]).length;
  for (let index = 0; index < count; index++) {
    const counterpart = members[index];
    if (counterpart === undefined) return 1;
    const key = ownKeys?.[index];
    const member = key === undefined ? (value as unknown[])[index] : (value as JsonObject)[key];
    const order =
      typeRankOf(member) - counterpart.typeRank ||
      (key === undefined ? 0 : compareTexts(key, keys?.[index] ?? "", meter)) ||
      compareValues(member, counterpart, meter);
    if (order) return order;
  }
  return count - members.length;
}

/** Compares by code point, as MongoDB does; JavaScript's `<` compares UTF-16 units. */
function compareTexts(one: string, other: string, meter: WorkMeter): number {
  if (one === other) return 0;
  const shared = Math.min(one.length, other.length);
  let index = 0;
  while (index < shared && one.charCodeAt(index) === other.charCodeAt(index)) index++;
  meter.charge(index * WORK.comparedCharacter);
  if (index === shared) return one.length - other.length;
  return codePointRank(one.charCodeAt(index)) - codePointRank(other.charCodeAt(index));
}

/** Orders surrogates after all other UTF-16 units, as in code point order. */
const codePointRank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
