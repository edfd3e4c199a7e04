import { isObject, isScalar, type JsonObject } from "./json.js";
import { WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";

/** The values at a dotted path of one document. A missing field is `undefined`, which JSON does not have. */
export interface PathValues {
  /** The values at the end of the path. */
  readonly ends: unknown[];
  /** The ends, and the members of those that are arrays: most operators test these. */
  readonly values: unknown[];
}

/** A value that operators test as it is, without the members of an array. */
export const singleValue = (value: unknown): PathValues => ({ ends: [value], values: [value] });

/** A path of a filter, with its values in the current document once it is resolved. */
interface FilterPath {
  readonly segments: readonly string[];
  found: PathValues | undefined;
}

/** The paths of one filter. Each is resolved at most once per document, on first use. */
export class DocumentPaths {
  readonly #meter: WorkMeter;
  readonly #paths = new Map<string, FilterPath>();
  /** Those that are resolved. To enter them into a map by path would take most of the time of a wide filter. */
  readonly #resolved: FilterPath[] = [];
  #document: JsonObject = {};

  constructor(meter: WorkMeter) {
    this.#meter = meter;
  }

  /** Sets the current document. The fields of an array are its indices, without `length`. */
  setDocument(document: object): void {
    this.#document = Array.isArray(document) ? { ...document } : (document as JsonObject);
    // The values of the last document must not stay in memory.
    for (const path of this.#resolved) path.found = undefined;
    this.#resolved.length = 0;
  }

  /** Returns a function that resolves a path in the current document. */
  resolverOf(path: string): () => PathValues {
    const known = this.#paths.get(path) ?? { segments: path.split("."), found: undefined };
    this.#paths.set(path, known);
    return () => {
      if (known.found === undefined) {
        known.found = this.#resolve(known.segments);
        this.#resolved.push(known);
      }
      return known.found;
    };
  }

  /**
   * Follows a path through the document as MongoDB does:
   *
   * - an array on the way is entered: each object in it is followed; arrays directly inside arrays are not;
   * - a number in the path is also the position in an array, and the member found by it is not looked into;
   * - a scalar on the way, or an object without the key, counts as one missing value; a scalar *in an array* on the way
   *   counts as nothing at all.
   *
   * @param path the segments between the dots
   */
  #resolve(path: readonly string[]): PathValues {
    let value: unknown = this.#document;
    let at = 0;
    while (at < path.length && isObject(value)) {
      const key = path[at++] as string;
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
    this.#meter.charge(at * WORK.value);
    if (!Array.isArray(value)) return singleValue(at === path.length ? value : undefined);
    const found: PathValues = { ends: [], values: [] };
    this.#follow(value, path, at, found);
    return found;
  }

  #follow(value: unknown, path: readonly string[], at: number, found: PathValues): void {
    if (at === path.length) {
      addValue(found, value);
      if (!Array.isArray(value)) return;
      this.#meter.charge(value.length);
      // A spread of a long array would overflow the stack.
      for (const member of value) found.values.push(member);
    } else if (Array.isArray(value)) this.#followArray(value, path, at, found);
    else {
      const key = path[at] as string;
      if (isObject(value) && Object.hasOwn(value, key)) this.#follow(value[key], path, at + 1, found);
      else addValue(found, undefined);
    }
  }

  #followArray(array: readonly unknown[], path: readonly string[], at: number, found: PathValues): void {
    const key = path[at] as string;
    const index = ARRAY_INDEX.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
    const isPosition = index < array.length;
    this.#meter.charge(array.length * WORK.value);
    for (const member of array) {
      // Differs from MongoDB, where `a.0.b` is also missing in [{"b": 1}] because the object has no key "0".
      if (isObject(member) && (!isPosition || Object.hasOwn(member, key))) this.#follow(member, path, at, found);
    }
    if (!isPosition) return;
    const member = array[index];
    if (at + 1 === path.length) addValue(found, member);
    else if (!isScalar(member)) this.#follow(member, path, at + 1, found);
  }
}

const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;

function addValue(found: PathValues, value: unknown): void {
  found.ends.push(value);
  found.values.push(value);
}
