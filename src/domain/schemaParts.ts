import { z } from "zod";
import { canonicalJson } from "./canonicalJson.js";
import { PHASES } from "./phases.js";
import type { createYielder } from "./time.js";

type Pause = ReturnType<typeof createYielder>;

/** A JSON schema in the OpenAPI document. */
type JsonSchema = Record<string, unknown>;

/** Limit of issues of one array or map: a hostile one has hundreds of thousands, and a response names three. */
export const MAX_COLLECTED_ISSUES = 10;

/**
 * Makes a function that gets the members of an array in order, and returns an issue for a repeated one.
 * A member is given as text that is equal for equal members.
 */
export function createDuplicateCheck(): (key: string) => DuplicateIssue | undefined {
  // A map that grows copies all its entries at once. Many maps grow at different times.
  const shards = Array.from({ length: 1 }, () => new Map<string, number>());
  let index = 0;
  return (key) => {
    const memberIndex = index++;
    if (memberIndex === SHARDED_MEMBERS) reshard(shards);
    const seen = shards[shardOf(key) % shards.length] as Map<string, number>;
    const first = seen.get(key);
    if (first !== undefined) return { code: "custom", path: [memberIndex], message: `repeats entry ${first}` };
    seen.set(key, memberIndex);
    return undefined;
  };
}

/** An array with more members is checked for repeated ones with several maps. */
const SHARDED_MEMBERS = 10_000;
const SHARDS = 61;

/** Distributes the entries of the only map over several. */
function reshard(shards: Map<string, number>[]): void {
  const [all = new Map<string, number>()] = shards.splice(0);
  for (let count = 0; count < SHARDS; count++) shards.push(new Map());
  for (const [key, index] of all) shards[shardOf(key) % SHARDS]?.set(key, index);
}

/** A cheap number of a text that differs for most texts of a list, such as names with a number at either end. */
function shardOf(key: string): number {
  let shard = key.length;
  for (let index = Math.max(0, key.length - 8); index < key.length; index++)
    shard = (31 * shard + key.charCodeAt(index)) % 65_521;
  return shard;
}

type DuplicateIssue = { code: "custom"; path: [index: number]; message: string };

/** An array without repeated members (JSON schema's `uniqueItems`, which zod lacks). Members are compared as JSON. */
export const uniqueArray = <T extends z.ZodType>(member: T, options: { min?: number; description?: string } = {}) =>
  z
    .array(member)
    .min(options.min ?? 0)
    .superRefine((members, context) => {
      const repeats = createDuplicateCheck();
      for (const member of members) {
        const issue = repeats(canonicalJson(member));
        if (issue !== undefined) context.addIssue(issue);
        if (context.issues.length >= MAX_COLLECTED_ISSUES) break;
      }
    })
    .meta({ uniqueItems: true, ...(options.description ? { description: options.description } : {}) });

/** The values of a map. `accepts` is a cheap test; the schema names the issues of a value that fails it. */
export interface MapValue<V> {
  accepts(input: unknown): boolean;
  /**
   * The same for a value with many members: yields to other work. Then `accepts` and the schema need not look at an
   * accepted input again. Absent for scalars.
   */
  acceptsInSlices?(input: unknown, pause: Pause): Promise<boolean>;
  schema: z.ZodType<V>;
  json: JsonSchema;
}

/** The message of every issue of {@link integer}. Zod's own message says number instead of integer. */
export const EXPECTED_INTEGER = "expected integer";

/** An integer that a double holds exactly. */
export const integer = () => z.int({ error: EXPECTED_INTEGER });

/** Any text. */
export const textValue: MapValue<string> = {
  accepts: (input) => typeof input === "string",
  schema: z.string(),
  json: { type: "string" },
};

/** @see integer */
export const integerValue: MapValue<number> = {
  accepts: Number.isSafeInteger,
  schema: integer(),
  json: { type: "integer" },
};

/** A union of two kinds of values. */
export const anyValueOf = <A, B>(one: MapValue<A>, other: MapValue<B>): MapValue<A | B> => ({
  accepts: (input) => one.accepts(input) || other.accepts(input),
  acceptsInSlices: async (input, pause) =>
    (await acceptsInSlices(one, input, pause)) || (await acceptsInSlices(other, input, pause)),
  schema: z.union([one.schema, other.schema]),
  json: { anyOf: [one, other].flatMap(({ json }) => json["anyOf"] ?? [json]) },
});

/** @see MapValue */
function acceptsInSlices(
  { accepts, acceptsInSlices }: MapValue<unknown>,
  input: unknown,
  pause: Pause,
): boolean | Promise<boolean> {
  // An await for each scalar would cost more than the check.
  if (acceptsInSlices === undefined || typeof input !== "object") return accepts(input);
  return acceptsInSlices(input, pause);
}

/** Checks each member. @returns whether all are accepted */
async function acceptsMembers(members: Iterable<unknown>, value: MapValue<unknown>, pause: Pause): Promise<boolean> {
  for (const member of members) {
    const due = pause();
    if (due !== undefined) await due;
    const accepted = acceptsInSlices(value, member, pause);
    if (accepted === false || (accepted !== true && !(await accepted))) return false;
  }
  return true;
}

const isJsonObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === "object" && input !== null && !Array.isArray(input);

/** A JSON object with arbitrary keys, as the value of another map. @see mapOf */
export function mapValue<V>(value: MapValue<V>, min = 0): MapValue<Record<string, V>> {
  const accepted = new WeakSet<object>();
  const accepts = (input: unknown): input is Record<string, V> => {
    if (!isJsonObject(input)) return false;
    if (accepted.has(input)) return true;
    let size = 0;
    for (const key in input) {
      if (!value.accepts(input[key])) return false;
      size++;
    }
    return size >= min;
  };
  const schema = z.custom<Record<string, V>>().superRefine((input: unknown, context) => {
    if (accepts(input)) return;
    if (!isJsonObject(input)) {
      context.addIssue({ code: "invalid_type", expected: "object", input });
      return;
    }
    if (min > 0 && Object.keys(input).length < min)
      context.addIssue({ code: "too_small", origin: "map", minimum: min, inclusive: true, input });
    addIssues(entriesOf(input), value, context);
  });
  return {
    accepts,
    async acceptsInSlices(input, pause) {
      if (!isJsonObject(input) || !(await acceptsMembers(valuesOf(input), value, pause))) return false;
      if (min > 0 && Object.keys(input).length < min) return false;
      accepted.add(input);
      return true;
    },
    schema,
    json: { type: "object", additionalProperties: value.json, minProperties: min },
  };
}

/** Lazy, as {@link entriesOf}. */
function* valuesOf(map: Record<string, unknown>): Generator<unknown> {
  for (const key in map) yield map[key];
}

/** Lazy, because only the first entries of a large hostile map are needed. */
function* entriesOf(map: Record<string, unknown>): Generator<[string, unknown]> {
  for (const key in map) yield [key, map[key]];
}

/** Marks an issue that aborts a value, so that a union also names the issues of its other kinds. */
const ABORT_UNION = { continue: false };

/** Adds the issues of the first invalid members. */
function addIssues<V>(
  members: Iterable<[PropertyKey, unknown]>,
  value: MapValue<V>,
  context: z.core.$RefinementCtx,
): void {
  for (const [key, member] of members) {
    if (value.accepts(member)) continue;
    for (const issue of value.schema.safeParse(member).error?.issues ?? [])
      context.addIssue({ ...issue, path: [key, ...issue.path], ...ABORT_UNION } as z.core.$ZodSuperRefineIssue);
    if (context.issues.length >= MAX_COLLECTED_ISSUES) return;
  }
}

/** An array as the value of a map; members may repeat. @see mapOf */
export function arrayValue<V>(value: MapValue<V>, min = 0): MapValue<V[]> {
  const accepted = new WeakSet<object>();
  const accepts = (input: unknown): input is V[] =>
    Array.isArray(input) && (accepted.has(input) || (input.length >= min && input.every(value.accepts)));
  const schema = z.custom<V[]>().superRefine((input: unknown, context) => {
    const tooSmall = { code: "too_small", origin: "array", minimum: min, inclusive: true, input } as const;
    if (!Array.isArray(input)) context.addIssue({ code: "invalid_type", expected: "array", input, ...ABORT_UNION });
    else if (input.length < min) context.addIssue({ ...tooSmall, ...ABORT_UNION });
    else addIssues(input.entries(), value, context);
  });
  return {
    accepts,
    async acceptsInSlices(input, pause) {
      if (!Array.isArray(input) || input.length < min || !(await acceptsMembers(input, value, pause))) return false;
      accepted.add(input);
      return true;
    },
    schema,
    json: { type: "array", items: value.json, minItems: min },
  };
}

/**
 * A JSON object with arbitrary keys. `z.record` would drop a key named `__proto__`; this keeps the parsed object. Zod does
 * not run for valid maps, which may have thousands of entries.
 */
export const mapOf = <V>(value: MapValue<V>, options: { min?: number; description?: string } = {}) => {
  const map = mapValue(value, options.min);
  const schema = map.schema.meta({ ...map.json, ...(options.description ? { description: options.description } : {}) });
  mapValues.set(schema, map);
  return schema;
};

/** The maps behind the schemas that {@link mapOf} made. */
const mapValues = new WeakMap<z.core.$ZodType, MapValue<unknown>>();

/** Whether a schema is a map. @see mapOf */
export const isMapSchema = (schema: z.core.$ZodType): boolean => mapValues.has(schema);

/** Checks the input of a map in slices, so that its schema need not look at an accepted one again. @see mapOf */
export async function checkMapInSlices(schema: z.core.$ZodType, input: unknown, pause: Pause): Promise<void> {
  await mapValues.get(schema)?.acceptsInSlices?.(input, pause);
}

/** Epoch seconds, as a float. */
export const epochSeconds = z.number();

/** A number of things. */
export const count = (description: string) => z.int().meta({ description });

/** A value that may be null. */
export const orNull = <S extends z.ZodType>(value: S, description: string) =>
  z.union([value, z.null()]).meta({ description });

/** A value for each phase that has one. */
export const phaseMap = <S extends z.ZodType>(value: S, description: string) =>
  z
    .strictObject(Object.fromEntries(PHASES.map((phase) => [phase, value])))
    .partial()
    .meta({ description });
