import { isObject, isScalar, type JsonObject } from "./json.js";

/** The values at a dotted path of one document. A missing field is `undefined`, which JSON does not have. */
export interface PathValues {
  /** The values at the end of the path. */
  readonly ends: unknown[];
  /** The ends, and the members of those that are arrays: most operators test these. */
  readonly values: unknown[];
}

/** A value that operators test as it is, without the members of an array. */
export const singleValue = (value: unknown): PathValues => ({ ends: [value], values: [value] });

/**
 * Follows a path through a document as MongoDB does:
 *
 * - an array on the way is entered: each object in it is followed; arrays directly inside arrays are not;
 * - a number in the path is also the position in an array, and the member found by it is not looked into;
 * - a scalar on the way, or an object without the key, counts as one missing value; a scalar *in an array* on the way
 *   counts as nothing at all.
 *
 * @param path the segments between the dots
 */
function resolvePath(document: JsonObject, path: readonly string[]): PathValues {
  let value: unknown = document;
  let at = 0;
  while (at < path.length && isObject(value)) {
    const key = path[at++] as string;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (!Array.isArray(value)) return singleValue(at === path.length ? value : undefined);
  const found: PathValues = { ends: [], values: [] };
  followValue(value, path, at, found);
  return found;
}

/** The paths of one filter. Each is resolved at most once per document, on first use. */
export class DocumentPaths {
  /** The values of the current document, by path. */
  readonly #found = new Map<string, PathValues>();
  #document: JsonObject = {};

  /** Sets the current document. The fields of an array are its indices, without `length`. */
  setDocument(document: object): void {
    this.#document = Array.isArray(document) ? { ...document } : (document as JsonObject);
    this.#found.clear();
  }

  /** Returns a function that resolves a path in the current document. */
  resolverOf(path: string): () => PathValues {
    const segments = path.split(".");
    return () => {
      const known = this.#found.get(path);
      if (known !== undefined) return known;
      const found = resolvePath(this.#document, segments);
      this.#found.set(path, found);
      return found;
    };
  }
}

function followValue(value: unknown, path: readonly string[], at: number, found: PathValues): void {
  if (at === path.length) {
    addValue(found, value);
    // A spread of a long array would overflow the stack.
    if (Array.isArray(value)) for (const member of value) found.values.push(member);
  } else if (Array.isArray(value)) followArray(value, path, at, found);
  else {
    const key = path[at] as string;
    if (isObject(value) && Object.hasOwn(value, key)) followValue(value[key], path, at + 1, found);
    else addValue(found, undefined);
  }
}

function followArray(array: readonly unknown[], path: readonly string[], at: number, found: PathValues): void {
  const key = path[at] as string;
  const index = ARRAY_INDEX.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
  const isPosition = index < array.length;
  for (const member of array) {
    // Differs from MongoDB, where `a.0.b` is also missing in [{"b": 1}] because the object has no key "0".
    if (isObject(member) && (!isPosition || Object.hasOwn(member, key))) followValue(member, path, at, found);
  }
  if (!isPosition) return;
  const member = array[index];
  if (at + 1 === path.length) addValue(found, member);
  else if (!isScalar(member)) followValue(member, path, at + 1, found);
}

const ARRAY_INDEX = /^(?:0|[1-9]\d{0,9})$/;

function addValue(found: PathValues, value: unknown): void {
  found.ends.push(value);
  found.values.push(value);
}
