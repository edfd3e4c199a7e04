import { z } from "zod";
import { canonicalJson, canonicalKey } from "../../domain/canonicalJson.js";
import { checkMapInSlices, createDuplicateCheck, isMapSchema, MAX_COLLECTED_ISSUES } from "../../domain/schemaParts.js";
import { createYielder } from "../../domain/time.js";
import { invalid } from "../../domain/wmsError.js";
import { describeIssues } from "./validationMessages.js";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;
type Pause = ReturnType<typeof createYielder>;

/**
 * Validates what a client sent.
 *
 * @returns the typed input
 * @throws WmsError `invalid` that names the fields and their issues: `tasks[0].n_workers: expected integer or null, got
 *   string; tasks[0].bogus: unknown field`
 */
export function validate<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const { data, error } = schema.safeParse(input);
  if (error === undefined) return data as z.output<S>;
  throw invalid(describeIssues(error.issues, input, true));
}

/**
 * Validates a body. Yields to other requests while it checks a large one.
 *
 * @param isLarge whether its maps may hold so many entries that they block the process
 * @see validate
 */
export async function validateBody<S extends z.ZodType>(
  schema: S,
  input: unknown,
  isLarge: boolean,
): Promise<z.output<S>> {
  if (!needsSlices(schema, input, isLarge)) return validate(schema, input);
  const { issues, isComplete, output } = await checkInSlices(schema, input, createYielder());
  if (issues.length > 0) throw invalid(describeIssues(issues, input, isComplete));
  return output as z.output<S>;
}

/**
 * An array with more members is long. zod checks every member of an array, at up to 50 µs for each issue: a hostile
 * body with 100,000 bad members would block the process for seconds.
 */
const LONG_ARRAY_MEMBERS = 20;

/** The result of a check. `output` is the typed input if there are no issues. */
interface Checked {
  issues: Issue[];
  /** Whether the check looked for all issues. */
  isComplete: boolean;
  output: unknown;
}

/** Checks an input, its arrays and maps one member at a time. Stops at the first member with issues. */
async function checkInSlices(schema: Schema, input: unknown, pause: Pause): Promise<Checked> {
  if (schema instanceof z.ZodOptional)
    return input === undefined ? checkAtOnce(schema, input) : checkInSlices(schema.unwrap(), input, pause);
  // zod checks that an array is not empty; schemas demand no more members.
  if (schema instanceof z.ZodArray && Array.isArray(input) && input.length > 0)
    return checkMembers(schema, input, pause);
  if (schema instanceof z.ZodObject && typeof input === "object" && input !== null)
    return checkParts(schema, input as Record<string, unknown>, pause);
  await checkMapInSlices(schema, input, pause);
  return checkAtOnce(schema, input);
}

function checkAtOnce(schema: Schema, input: unknown): Checked {
  const { error, data } = z.safeParse(schema, input);
  return { issues: error?.issues ?? [], isComplete: true, output: data };
}

/** Checks an array up to the first bad member. The issues are that member's, or those of repeated members. */
async function checkMembers(array: z.ZodArray, members: readonly unknown[], pause: Pause): Promise<Checked> {
  const isUnique = array.meta()?.["uniqueItems"] === true && members.length > 1;
  const checkDuplicate = createDuplicateCheck();
  const output: unknown[] = [];
  const duplicates: Issue[] = [];
  for (const [index, member] of members.entries()) {
    const due = pause();
    if (due !== undefined) await due;
    const checked = isScalar(member)
      ? checkAtOnce(array.element, member)
      : await checkInSlices(array.element, member, pause);
    if (checked.issues.length > 0) return failed(index, checked);
    output.push(checked.output);
    if (!isUnique) continue;
    const key = isScalar(member) ? canonicalJson(member) : await canonicalKey(checked.output, pause);
    const duplicate = checkDuplicate(key);
    if (duplicate !== undefined) duplicates.push({ ...duplicate, input: member });
    if (duplicates.length >= MAX_COLLECTED_ISSUES) break;
  }
  return { issues: duplicates, isComplete: false, output };
}

const isScalar = (value: unknown): boolean => typeof value !== "object" || value === null;

/** Checks the arrays and maps of an object in slices, then the rest of it at once. */
async function checkParts(schema: z.ZodObject, input: Record<string, unknown>, pause: Pause): Promise<Checked> {
  const outputs: Record<string, unknown> = {};
  for (const [key, part] of slicedPartsOf(schema)) {
    if (!Object.hasOwn(input, key) || !needsSlices(part, input[key], true)) continue;
    const checked = await checkInSlices(part, input[key], pause);
    if (checked.issues.length > 0) return failed(key, checked);
    outputs[key] = checked.output;
  }
  const rest = checkAtOnce(withoutChecks(schema, Object.keys(outputs)), input);
  return { ...rest, output: { ...(rest.output as object | undefined), ...outputs } };
}

/** The result of an array or object with a bad member. The members behind it are not checked. */
const failed = (key: PropertyKey, { issues }: Checked): Checked => ({
  issues: issues.map((issue) => ({ ...issue, path: [key, ...issue.path] })),
  isComplete: false,
  output: undefined,
});

/** Derived facts about schemas, which are few and live as long as the process. */
const slicedPartsCache = new WeakMap<z.ZodObject, [key: string, part: Schema][]>();
const restSchemas = new WeakMap<z.ZodObject, Map<string, z.ZodObject>>();

/** The parts of an object schema that contain arrays or maps. */
function slicedPartsOf(schema: z.ZodObject): [key: string, part: Schema][] {
  const cached = slicedPartsCache.get(schema);
  if (cached !== undefined) return cached;
  const parts = Object.entries(schema.shape).filter(([, part]) => containsMany(part));
  slicedPartsCache.set(schema, parts);
  return parts;
}

const containsMany = (schema: Schema): boolean =>
  schema instanceof z.ZodArray ||
  isMapSchema(schema) ||
  (schema instanceof z.ZodOptional && containsMany(schema.unwrap())) ||
  (schema instanceof z.ZodObject && slicedPartsOf(schema).length > 0);

/** An object schema that accepts anything for some of its keys. */
function withoutChecks(schema: z.ZodObject, keys: readonly string[]): z.ZodObject {
  if (keys.length === 0) return schema;
  const ofSchema = restSchemas.get(schema) ?? new Map<string, z.ZodObject>();
  restSchemas.set(schema, ofSchema);
  const name = keys.join();
  const rest = ofSchema.get(name) ?? schema.extend(Object.fromEntries(keys.map((key) => [key, z.any()])));
  ofSchema.set(name, rest);
  return rest;
}

/** Whether an input holds so many members that zod must not check all of it at once. @param mapsAreLarge may be */
function needsSlices(schema: Schema, input: unknown, mapsAreLarge: boolean): boolean {
  if (typeof input !== "object" || input === null) return false;
  if (schema instanceof z.ZodOptional) return needsSlices(schema.unwrap(), input, mapsAreLarge);
  if (schema instanceof z.ZodArray)
    return (
      Array.isArray(input) &&
      (input.length > LONG_ARRAY_MEMBERS ||
        (containsMany(schema.element) && input.some((member) => needsSlices(schema.element, member, mapsAreLarge))))
    );
  if (schema instanceof z.ZodObject)
    return slicedPartsOf(schema).some(([key, part]) =>
      needsSlices(part, (input as Record<string, unknown>)[key], mapsAreLarge),
    );
  return mapsAreLarge && isMapSchema(schema);
}
