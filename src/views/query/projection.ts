import { invalid } from "../../domain/wmsError.js";
import type { ShownMembers } from "../../store/documents.js";
import { isObject, type JsonObject } from "./json.js";
import { WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";

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
 * @returns the members of a document to show; values are not changed
 * @throws WmsError `invalid` for an empty segment, as in `a..b`
 */
export function compileProjection(fields: readonly string[], meter: WorkMeter): ShownMembers {
  const tree: ProjectionTree = new Map();
  fields.forEach((field, index) => {
    addField(tree, field, `projection[${index}]`);
  });
  return new Map(
    [...tree].map(([name, within]) => [name, within && ((value: unknown) => projectValue(value, within, meter))]),
  );
}

/** No document has more levels: longer paths lead nowhere from here on. */
const MAX_SEGMENTS = 1000;

function addField(tree: ProjectionTree, field: string, path: string): void {
  if (/^\.|\.\.|\.$/.test(field) || field === "") throw invalid(`${path}: a part of the field's name is empty`);
  const segments = field.split(".", MAX_SEGMENTS);
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

function projectObject(object: JsonObject, tree: ProjectionTree, meter: WorkMeter): object {
  // Without a prototype, so that `__proto__` is a plain key.
  const picked = Object.create(null) as JsonObject;
  const keys = Object.keys(object);
  meter.charge(keys.length * WORK.value);
  for (const key of keys) {
    const within = tree.get(key);
    if (within === undefined) continue;
    const value = within === null ? object[key] : projectValue(object[key], within, meter);
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}

function projectValue(value: unknown, tree: ProjectionTree, meter: WorkMeter): unknown {
  if (Array.isArray(value))
    return value.map((member) => projectValue(member, tree, meter)).filter((member) => member !== undefined);
  return isObject(value) ? projectObject(value, tree, meter) : undefined;
}
