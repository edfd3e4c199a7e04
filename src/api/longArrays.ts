import { z } from "zod";
import { pauses } from "../domain/pauses.js";

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
      const value = (input as Record<string, unknown>)[key];
      const faults = await faultsOfLongArrays(part as z.core.$ZodType, value, pause);
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
    const inner = await faultsOfLongArrays(schema, member, pause);
    if (inner.length > 0) return within(index, inner);
    if (members.length <= LONG) continue;
    const { error } = z.safeParse(schema, member);
    if (error !== undefined) return within(index, error.issues);
  }
  return [];
}

const within = (key: PropertyKey, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
