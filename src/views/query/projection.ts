import { invalid } from "../../domain/wmsError.js";
import { isObject, type JsonObject } from "./json.js";

/** The keys of an object to keep; null keeps the whole value. */
type ProjectionTree = Map<string, ProjectionTree | null>;

/**
 * Compiles a projection: the fields to return, by MongoDB's rules of inclusion.
 *
 * - dots reach into objects, and into the objects of arrays; a number is a key there, never a position;
 * - on the way to a field, scalars are left out, objects stay even when nothing in them is kept;
 * - `["a", "a.b"]` keeps the whole of `a`, where MongoDB reports a collision;
 * - `_id` adds nothing, because no document has it: `["_id"]` alone gives `{}`.
 *
 * @returns a function that makes a new object and does not change the document
 * @throws WmsError `invalid` for an empty segment, as in `a..b`
 */
export function compileProjection(fields: readonly string[]): (document: object) => object {
  const tree: ProjectionTree = new Map();
  fields.forEach((field, index) => {
    addField(tree, field, `projection[${index}]`);
  });
  return (document) => projectObject(document as JsonObject, tree);
}

function addField(tree: ProjectionTree, field: string, path: string): void {
  const segments = field.split(".");
  if (segments.includes("")) throw invalid(`${path}: a part of the field's name is empty`);
  const last = segments.pop() as string;
  let level = tree;
  for (const segment of segments) {
    const known = level.get(segment);
    if (known === null) return;
    const next: ProjectionTree = known ?? new Map();
    level.set(segment, next);
    level = next;
  }
  level.set(last, null);
}

function projectObject(object: JsonObject, tree: ProjectionTree): object {
  // Without a prototype, so that `__proto__` is a plain key.
  const picked = Object.create(null) as JsonObject;
  for (const key of Object.keys(object)) {
    const within = tree.get(key);
    if (within === undefined) continue;
    const value = within === null ? object[key] : projectValue(object[key], within);
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}

function projectValue(value: unknown, tree: ProjectionTree): unknown {
  if (Array.isArray(value))
    return value.map((member) => projectValue(member, tree)).filter((member) => member !== undefined);
  return isObject(value) ? projectObject(value, tree) : undefined;
}
