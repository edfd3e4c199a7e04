import { isObject, type JsonObject } from "./json.js";

/** What a dotted path leads to in one document. A missing field is `undefined`, which JSON does not know. */
export interface Found {
  /** The values at the end of the path. */
  readonly ends: unknown[];
  /** The ends, and the members of those that are arrays: what most operators are tried on. */
  readonly values: unknown[];
}

/** One value that is tried as it is, without looking into it if it is an array. */
export function foundAlone(value: unknown): Found {
  const alone = [value];
  return { ends: alone, values: alone };
}

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
export function follow(document: JsonObject, path: readonly string[]): Found {
  let value: unknown = document;
  let at = 0;
  while (at < path.length && isObject(value)) {
    const key = path[at++] as string;
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (!Array.isArray(value)) return foundAlone(at === path.length ? value : undefined);
  const found: Found = { ends: [], values: [] };
  arrive(value, path, at, found);
  return found;
}

/** The paths of one filter. Each is followed once in a document at most, and only when a condition asks. */
export class Paths {
  readonly #known = new Map<string, () => Found>();
  #document: JsonObject = {};
  /** Counts the documents; one may come twice, changed. */
  #visit = 0;

  /** Turns to the next document. The fields of an array are its positions; `length` is none. */
  enter(document: object): void {
    this.#document = Array.isArray(document) ? { ...document } : (document as JsonObject);
    this.#visit++;
  }

  /** What a path leads to in the document that was entered last. */
  to(path: string): () => Found {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const segments = path.split(".");
    let found = foundAlone(undefined);
    let visit = this.#visit;
    const find = (): Found => {
      if (visit !== this.#visit) found = follow(this.#document, segments);
      visit = this.#visit;
      return found;
    };
    this.#known.set(path, find);
    return find;
  }
}

function enterObject(object: JsonObject, path: readonly string[], at: number, found: Found): void {
  const key = path[at] as string;
  if (Object.hasOwn(object, key)) arrive(object[key], path, at + 1, found);
  else add(found, undefined);
}

function arrive(value: unknown, path: readonly string[], at: number, found: Found): void {
  if (at === path.length) {
    add(found, value);
    // One by one: a spread of a long array would overflow the stack.
    if (Array.isArray(value)) for (const member of value) found.values.push(member);
  } else if (Array.isArray(value)) enterArray(value, path, at, found);
  else if (isObject(value)) enterObject(value, path, at, found);
  else add(found, undefined);
}

function enterArray(array: readonly unknown[], path: readonly string[], at: number, found: Found): void {
  const key = path[at] as string;
  const index = POSITION.test(key) ? Number(key) : Number.POSITIVE_INFINITY;
  const isPosition = index < array.length;
  for (const member of array) {
    // MongoDB would call `a.0.b` missing in [{"b": 1}] too, since the object has no key "0". Nobody means that.
    if (isObject(member) && (!isPosition || Object.hasOwn(member, key))) enterObject(member, path, at, found);
  }
  if (!isPosition) return;
  const member = array[index];
  if (at + 1 === path.length) add(found, member);
  else if (Array.isArray(member)) enterArray(member, path, at + 1, found);
  else if (isObject(member)) enterObject(member, path, at + 1, found);
}

const POSITION = /^(?:0|[1-9]\d{0,9})$/;

function add(found: Found, value: unknown): void {
  found.ends.push(value);
  found.values.push(value);
}
