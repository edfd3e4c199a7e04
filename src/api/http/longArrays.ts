import { z } from "zod";
import { pauses } from "../../domain/yielder.js";
import { ENOUGH_FAULTS, repetitions } from "../../domain/schemaParts.js";

type Issue = z.core.$ZodIssue;

/** zod checks every member of an array, whatever is wrong with the first ones, at up to 50 µs for each fault. */
const LONG = 20;

/** Whether a schema has arrays anywhere. Schemas are few and live as long as the process; each is walked through once. */
const withArrays = new WeakMap<z.core.$ZodType, boolean>();

function hasArrays(schema: z.core.$ZodType): boolean {
  const known = withArrays.get(schema);
  if (known !== undefined) return known;
  const found =
    schema instanceof z.ZodArray ||
    (schema instanceof z.ZodOptional && hasArrays(schema.unwrap())) ||
    (schema instanceof z.ZodObject && Object.values(schema.shape).some(hasArrays));
  withArrays.set(schema, found);
  return found;
}

/**
 * Looks at the long arrays of an input as far as the first faulty member: of a hostile body with a hundred thousand of them,
 * the faults of one are enough. Others get their turn meanwhile.
 *
 * @returns that member's faults; none: the input has still to be checked as a whole
 */
export async function faultsOfLongArrays(
  schema: z.core.$ZodType,
  input: unknown,
  pause = pauses(),
): Promise<Issue[]> {
  if (!hasArrays(schema)) return [];
  if (schema instanceof z.ZodOptional) return faultsOfLongArrays(schema.unwrap(), input, pause);
  if (schema instanceof z.ZodArray && Array.isArray(input))
    return faultsOfMembers(schema.element, input, pause);
  if (schema instanceof z.ZodObject && typeof input === "object" && input !== null)
    for (const [key, part] of Object.entries(schema.shape)) {
      // Most parts have none, and each that is waited for costs a turn of the queue of promises.
      if (!hasArrays(part)) continue;
      const value = (input as Record<string, unknown>)[key];
      const faults = await faultsOfLongArrays(part, value, pause);
      if (faults.length > 0) return within(key, faults);
    }
  return [];
}

async function faultsOfMembers(
  schema: z.core.$ZodType,
  members: readonly unknown[],
  pause: ReturnType<typeof pauses>,
): Promise<Issue[]> {
  for (const [index, member] of members.entries()) {
    await pause();
    const faults =
      members.length > LONG
        ? (await checkMember(schema, member, pause)).faults
        : await faultsOfLongArrays(schema, member, pause);
    if (faults.length > 0) return within(index, faults);
  }
  return [];
}

/** Checks a member of a long array: first the long arrays in it, then all of it. @returns what it is, typed, where it is good */
async function checkMember(
  schema: z.core.$ZodType,
  member: unknown,
  pause: ReturnType<typeof pauses>,
): Promise<{ faults: Issue[]; output?: unknown }> {
  const inner = await faultsOfLongArrays(schema, member, pause);
  if (inner.length > 0) return { faults: inner };
  const { error, data } = z.safeParse(schema, member);
  return error === undefined ? { faults: [], output: data } : { faults: error.issues };
}

/** An object whose long arrays have been checked. */
export interface CheckedApart {
  /** What is wrong: with the first faulty member, or those that repeat others. */
  faults: Issue[];
  /** What they are, typed. */
  outputs: Record<string, unknown[]>;
  /** A schema of all the rest. */
  rest: z.ZodObject;
}

/**
 * Checks the long arrays that lie directly in an object, one member at a time, so that others get their turn: to check a workflow of
 * thousands of tasks as a whole takes a tenth of a second.
 *
 * @returns undefined where there is none
 */
export async function checkLongArrays(
  schema: z.core.$ZodType,
  input: unknown,
): Promise<CheckedApart | undefined> {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null) return undefined;
  const long = Object.entries(schema.shape).flatMap(([key, part]): [string, z.ZodArray, unknown[]][] => {
    const value: unknown = Object.hasOwn(input, key) ? (input as Record<string, unknown>)[key] : undefined;
    return part instanceof z.ZodArray && Array.isArray(value) && value.length > LONG
      ? [[key, part, value]]
      : [];
  });
  if (long.length === 0) return undefined;
  const outputs: Record<string, unknown[]> = {};
  for (const [key, array, members] of long) {
    const checked = await checkMembers(array, members);
    if ("faults" in checked) return { faults: within(key, checked.faults), outputs, rest: schema };
    outputs[key] = checked.outputs;
  }
  const rest = schema.extend(Object.fromEntries(long.map(([key]) => [key, z.any()])));
  return { faults: [], outputs, rest };
}

async function checkMembers(
  array: z.ZodArray,
  members: readonly unknown[],
): Promise<{ faults: Issue[] } | { outputs: unknown[] }> {
  const pause = pauses();
  const repeats = array.meta()?.["uniqueItems"] === true ? repetitions() : () => undefined;
  const outputs: unknown[] = [];
  const repetitionsFound: Issue[] = [];
  for (const [index, member] of members.entries()) {
    await pause();
    const { faults, output } = await checkMember(array.element, member, pause);
    if (faults.length > 0) return { faults: within(index, faults) };
    const repetition = repeats(output);
    if (repetition !== undefined) repetitionsFound.push({ ...repetition, input: member });
    if (repetitionsFound.length >= ENOUGH_FAULTS) break;
    outputs.push(output);
  }
  return repetitionsFound.length > 0 ? { faults: repetitionsFound } : { outputs };
}

const within = (key: PropertyKey, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
