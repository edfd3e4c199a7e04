import { z } from "zod";
import { createDuplicateCheck, MAX_COLLECTED_ISSUES } from "../../domain/schemaParts.js";
import { createYielder } from "../../domain/time.js";
import { invalid } from "../../domain/wmsError.js";
import { describeIssues } from "./validationMessages.js";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

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

/** Validates a body. Yields to other requests while it checks long arrays. @see validate */
export async function validateBody<S extends z.ZodType>(schema: S, input: unknown): Promise<z.output<S>> {
  if (!hasLongArrays(schema, input)) return validate(schema, input);
  const longArrayCheck = await checkLongArrays(schema, input);
  const issues = longArrayCheck?.issues ?? (await findLongArrayIssues(schema, input));
  if (issues.length > 0) throw invalid(describeIssues(issues, input, false));
  if (longArrayCheck === undefined) return validate(schema, input);
  return { ...validate(longArrayCheck.restSchema, input), ...longArrayCheck.outputs } as z.output<S>;
}

/**
 * An array with more members is long. zod checks every member of an array, at up to 50 µs for each issue: a hostile
 * body with 100,000 bad members would block the process for seconds.
 */
const LONG_ARRAY_MEMBERS = 20;

/** The parts of object schemas that contain arrays. Schemas are few and live as long as the process. */
const arrayPartsCache = new WeakMap<z.ZodObject, [key: string, part: Schema][]>();

function arrayPartsOf(schema: z.ZodObject): [key: string, part: Schema][] {
  const cached = arrayPartsCache.get(schema);
  if (cached !== undefined) return cached;
  const parts = Object.entries(schema.shape).filter(([, part]) => containsArrays(part));
  arrayPartsCache.set(schema, parts);
  return parts;
}

const containsArrays = (schema: Schema): boolean =>
  schema instanceof z.ZodArray ||
  (schema instanceof z.ZodOptional && containsArrays(schema.unwrap())) ||
  (schema instanceof z.ZodObject && arrayPartsOf(schema).length > 0);

/** Whether an input has a long array. If not, zod can check all of it at once. */
function hasLongArrays(schema: Schema, input: unknown): boolean {
  if (typeof input !== "object" || input === null) return false;
  if (schema instanceof z.ZodOptional) return hasLongArrays(schema.unwrap(), input);
  if (schema instanceof z.ZodArray)
    return (
      Array.isArray(input) &&
      (input.length > LONG_ARRAY_MEMBERS ||
        (containsArrays(schema.element) && input.some((member) => hasLongArrays(schema.element, member))))
    );
  if (!(schema instanceof z.ZodObject)) return false;
  for (const [key, part] of arrayPartsOf(schema))
    if (hasLongArrays(part, (input as Record<string, unknown>)[key])) return true;
  return false;
}

/**
 * Checks the members of long arrays up to the first bad one, and yields to other requests meanwhile.
 *
 * @returns the issues of that member; if there are none, the input as a whole is still to be checked
 */
async function findLongArrayIssues(schema: Schema, input: unknown, pause = createYielder()): Promise<Issue[]> {
  if (schema instanceof z.ZodOptional) return findLongArrayIssues(schema.unwrap(), input, pause);
  if (schema instanceof z.ZodArray && Array.isArray(input)) return findMemberIssues(schema.element, input, pause);
  if (schema instanceof z.ZodObject && typeof input === "object" && input !== null)
    for (const [key, part] of arrayPartsOf(schema)) {
      const issues = await findLongArrayIssues(part, (input as Record<string, unknown>)[key], pause);
      if (issues.length > 0) return prependPath(key, issues);
    }
  return [];
}

async function findMemberIssues(
  schema: Schema,
  members: readonly unknown[],
  pause: ReturnType<typeof createYielder>,
): Promise<Issue[]> {
  const isLong = members.length > LONG_ARRAY_MEMBERS;
  if (!isLong && !containsArrays(schema)) return [];
  for (const [index, member] of members.entries()) {
    await pause();
    const issues = isLong
      ? (await checkMember(schema, member, pause)).issues
      : await findLongArrayIssues(schema, member, pause);
    if (issues.length > 0) return prependPath(index, issues);
  }
  return [];
}

/**
 * Checks a member of a long array, the long arrays in it first.
 *
 * @returns `output`, the typed member, if there are no issues
 */
async function checkMember(
  schema: Schema,
  member: unknown,
  pause: ReturnType<typeof createYielder>,
): Promise<{ issues: Issue[]; output?: unknown }> {
  const innerIssues = await findLongArrayIssues(schema, member, pause);
  if (innerIssues.length > 0) return { issues: innerIssues };
  const { error, data } = z.safeParse(schema, member);
  return error === undefined ? { issues: [], output: data } : { issues: error.issues };
}

/** An object whose long arrays are checked. */
interface LongArrayCheck {
  /** Those of the first bad member, or of the members that repeat others. */
  issues: Issue[];
  /** The typed arrays by their keys. */
  outputs: Record<string, unknown[]>;
  /** A schema for the rest of the object. */
  restSchema: z.ZodObject;
}

/**
 * Checks the long arrays that are direct members of an object, and yields to other requests between their members: to
 * check a workflow of thousands of tasks as a whole takes a tenth of a second.
 *
 * @returns `undefined` if there is no such array
 */
async function checkLongArrays(schema: Schema, input: unknown): Promise<LongArrayCheck | undefined> {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null) return undefined;
  const longArrays = arrayPartsOf(schema).flatMap(([key, part]): [string, z.ZodArray, unknown[]][] => {
    const value: unknown = Object.hasOwn(input, key) ? (input as Record<string, unknown>)[key] : undefined;
    return part instanceof z.ZodArray && Array.isArray(value) && value.length > LONG_ARRAY_MEMBERS
      ? [[key, part, value]]
      : [];
  });
  if (longArrays.length === 0) return undefined;
  const outputs: Record<string, unknown[]> = {};
  for (const [key, array, members] of longArrays) {
    const checked = await checkMembers(array, members);
    if ("issues" in checked) return { issues: prependPath(key, checked.issues), outputs, restSchema: schema };
    outputs[key] = checked.outputs;
  }
  const restSchema = schema.extend(Object.fromEntries(longArrays.map(([key]) => [key, z.any()])));
  return { issues: [], outputs, restSchema };
}

async function checkMembers(
  array: z.ZodArray,
  members: readonly unknown[],
): Promise<{ issues: Issue[] } | { outputs: unknown[] }> {
  const pause = createYielder();
  const checkDuplicate = array.meta()?.["uniqueItems"] === true ? createDuplicateCheck() : () => undefined;
  const outputs: unknown[] = [];
  const duplicates: Issue[] = [];
  for (const [index, member] of members.entries()) {
    await pause();
    const { issues, output } = await checkMember(array.element, member, pause);
    if (issues.length > 0) return { issues: prependPath(index, issues) };
    const duplicate = checkDuplicate(output);
    if (duplicate !== undefined) duplicates.push({ ...duplicate, input: member });
    if (duplicates.length >= MAX_COLLECTED_ISSUES) break;
    outputs.push(output);
  }
  return duplicates.length > 0 ? { issues: duplicates } : { outputs };
}

const prependPath = (key: PropertyKey, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
