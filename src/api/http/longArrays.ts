import { z } from "zod";
import { createDuplicateCheck, MAX_COLLECTED_ISSUES } from "../../domain/schemaParts.js";
import { createYielder } from "../../domain/yielder.js";

type Issue = z.core.$ZodIssue;

/** zod checks every member of an array, whatever is wrong with the first ones, at up to 50 µs for each fault. */
const LONG_ARRAY_MEMBERS = 20;

/** Whether a schema has arrays anywhere. Schemas are few and live as long as the process; each is walked through once. */
const arraySchemaCache = new WeakMap<z.core.$ZodType, boolean>();

function containsArrays(schema: z.core.$ZodType): boolean {
  const known = arraySchemaCache.get(schema);
  if (known !== undefined) return known;
  const found =
    schema instanceof z.ZodArray ||
    (schema instanceof z.ZodOptional && containsArrays(schema.unwrap())) ||
    (schema instanceof z.ZodObject && Object.values(schema.shape).some(containsArrays));
  arraySchemaCache.set(schema, found);
  return found;
}

/**
 * Looks at the long arrays of an input as far as the first faulty member: of a hostile body with a hundred thousand of them,
 * the faults of one are enough. Others get their turn meanwhile.
 *
 * @returns that member's faults; none: the input has still to be checked as a whole
 */
export async function findLongArrayIssues(
  schema: z.core.$ZodType,
  input: unknown,
  pause = createYielder(),
): Promise<Issue[]> {
  if (!containsArrays(schema)) return [];
  if (schema instanceof z.ZodOptional) return findLongArrayIssues(schema.unwrap(), input, pause);
  if (schema instanceof z.ZodArray && Array.isArray(input)) return findMemberIssues(schema.element, input, pause);
  if (schema instanceof z.ZodObject && typeof input === "object" && input !== null)
    for (const [key, part] of Object.entries(schema.shape)) {
      // Most parts have none, and each that is waited for costs a turn of the queue of promises.
      if (!containsArrays(part)) continue;
      const value = (input as Record<string, unknown>)[key];
      const faults = await findLongArrayIssues(part, value, pause);
      if (faults.length > 0) return prependPath(key, faults);
    }
  return [];
}

async function findMemberIssues(
  schema: z.core.$ZodType,
  members: readonly unknown[],
  pause: ReturnType<typeof createYielder>,
): Promise<Issue[]> {
  for (const [index, member] of members.entries()) {
    await pause();
    const faults =
      members.length > LONG_ARRAY_MEMBERS
        ? (await checkMember(schema, member, pause)).faults
        : await findLongArrayIssues(schema, member, pause);
    if (faults.length > 0) return prependPath(index, faults);
  }
  return [];
}

/** Checks a member of a long array: first the long arrays in it, then all of it. @returns what it is, typed, where it is good */
async function checkMember(
  schema: z.core.$ZodType,
  member: unknown,
  pause: ReturnType<typeof createYielder>,
): Promise<{ faults: Issue[]; output?: unknown }> {
  const inner = await findLongArrayIssues(schema, member, pause);
  if (inner.length > 0) return { faults: inner };
  const { error, data } = z.safeParse(schema, member);
  return error === undefined ? { faults: [], output: data } : { faults: error.issues };
}

/** An object whose long arrays have been checked. */
export interface LongArrayCheck {
  /** What is wrong: with the first faulty member, or those that repeat others. */
  issues: Issue[];
  /** What they are, typed. */
  outputs: Record<string, unknown[]>;
  /** A schema of all the rest. */
  restSchema: z.ZodObject;
}

/**
 * Checks the long arrays that lie directly in an object, one member at a time, so that others get their turn: to check a workflow of
 * thousands of tasks as a whole takes a tenth of a second.
 *
 * @returns undefined where there is none
 */
export async function checkLongArrays(schema: z.core.$ZodType, input: unknown): Promise<LongArrayCheck | undefined> {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null) return undefined;
  const longArrays = Object.entries(schema.shape).flatMap(([key, part]): [string, z.ZodArray, unknown[]][] => {
    const value: unknown = Object.hasOwn(input, key) ? (input as Record<string, unknown>)[key] : undefined;
    return part instanceof z.ZodArray && Array.isArray(value) && value.length > LONG_ARRAY_MEMBERS
      ? [[key, part, value]]
      : [];
  });
  if (longArrays.length === 0) return undefined;
  const outputs: Record<string, unknown[]> = {};
  for (const [key, array, members] of longArrays) {
    const checked = await checkMembers(array, members);
    if ("faults" in checked) return { issues: prependPath(key, checked.faults), outputs, restSchema: schema };
    outputs[key] = checked.outputs;
  }
  const rest = schema.extend(Object.fromEntries(longArrays.map(([key]) => [key, z.any()])));
  return { issues: [], outputs, restSchema: rest };
}

async function checkMembers(
  array: z.ZodArray,
  members: readonly unknown[],
): Promise<{ faults: Issue[] } | { outputs: unknown[] }> {
  const pause = createYielder();
  const checkDuplicate = array.meta()?.["uniqueItems"] === true ? createDuplicateCheck() : () => undefined;
  const outputs: unknown[] = [];
  const duplicates: Issue[] = [];
  for (const [index, member] of members.entries()) {
    await pause();
    const { faults, output } = await checkMember(array.element, member, pause);
    if (faults.length > 0) return { faults: prependPath(index, faults) };
    const repetition = checkDuplicate(output);
    if (repetition !== undefined) duplicates.push({ ...repetition, input: member });
    if (duplicates.length >= MAX_COLLECTED_ISSUES) break;
    outputs.push(output);
  }
  return duplicates.length > 0 ? { faults: duplicates } : { outputs };
}

const prependPath = (key: PropertyKey, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
