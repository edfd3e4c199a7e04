import { z } from "zod";
import { PHASES } from "./phases.js";

/** A JSON schema in the OpenAPI document. */
type JsonSchema = Record<string, unknown>;

/** Serializes a value to JSON with sorted keys, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.sort().join()}}`;
}

/** Limit of issues of one array or map: a hostile one has hundreds of thousands, and a response names three. */
export const MAX_COLLECTED_ISSUES = 10;

/** Makes a function that gets the members of an array in order, and returns an issue for a repeated one. */
export function createDuplicateCheck(): (member: unknown) => DuplicateIssue | undefined {
  const seen = new Map<string, number>();
  let index = 0;
  return (member) => {
    const memberIndex = index++;
    const text = canonicalJson(member);
    const first = seen.get(text);
    if (first !== undefined) return { code: "custom", path: [memberIndex], message: `repeats entry ${first}` };
    seen.set(text, memberIndex);
    return undefined;
  };
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
        const issue = repeats(member);
        if (issue !== undefined) context.addIssue(issue);
        if (context.issues.length >= MAX_COLLECTED_ISSUES) break;
      }
    })
    .meta({ uniqueItems: true, ...(options.description ? { description: options.description } : {}) });

/** The values of a map. `accepts` is a cheap test; the schema names the issues of a value that fails it. */
export interface MapValue<V> {
  accepts(input: unknown): boolean;
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
  schema: z.union([one.schema, other.schema]),
  json: { anyOf: [one, other].flatMap(({ json }) => json["anyOf"] ?? [json]) },
});

const isJsonObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === "object" && input !== null && !Array.isArray(input);

/** A JSON object with arbitrary keys, as the value of another map. @see mapOf */
export function mapValue<V>(value: MapValue<V>, min = 0): MapValue<Record<string, V>> {
  const accepts = (input: unknown): input is Record<string, V> => {
    if (!isJsonObject(input)) return false;
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
  return { accepts, schema, json: { type: "object", additionalProperties: value.json, minProperties: min } };
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
  const accepts = (input: unknown): input is V[] =>
    Array.isArray(input) && input.length >= min && input.every(value.accepts);
  const schema = z.custom<V[]>().superRefine((input: unknown, context) => {
    const tooSmall = { code: "too_small", origin: "array", minimum: min, inclusive: true, input } as const;
    if (!Array.isArray(input)) context.addIssue({ code: "invalid_type", expected: "array", input, ...ABORT_UNION });
    else if (input.length < min) context.addIssue({ ...tooSmall, ...ABORT_UNION });
    else addIssues(input.entries(), value, context);
  });
  return { accepts, schema, json: { type: "array", items: value.json, minItems: min } };
}

/**
 * A JSON object with arbitrary keys. `z.record` would drop a key named `__proto__`; this keeps the parsed object. Zod does
 * not run for valid maps, which may have thousands of entries.
 */
export const mapOf = <V>(value: MapValue<V>, options: { min?: number; description?: string } = {}) => {
  const { schema, json } = mapValue(value, options.min);
  return schema.meta({ ...json, ...(options.description ? { description: options.description } : {}) });
};

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
