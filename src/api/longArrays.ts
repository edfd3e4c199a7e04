import { z } from "zod";

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
 * the faults of one are enough.
 *
 * @returns that member's faults; none: the input has still to be checked as a whole
 */
export function faultsOfLongArrays(schema: z.core.$ZodType, input: unknown): Issue[] {
  if (!hasArrays(schema)) return [];
  if (schema instanceof z.ZodOptional) return faultsOfLongArrays(schema.unwrap(), input);
  if (schema instanceof z.ZodArray && Array.isArray(input)) return faultsOfMembers(schema.element, input);
  if (schema instanceof z.ZodObject && typeof input === "object" && input !== null)
    for (const [key, part] of Object.entries(schema.shape)) {
      const faults = faultsOfLongArrays(part as z.core.$ZodType, (input as Record<string, unknown>)[key]);
      if (faults.length > 0) return within(key, faults);
    }
  return [];
}

function faultsOfMembers(schema: z.core.$ZodType, members: readonly unknown[]): Issue[] {
  for (const [index, member] of members.entries()) {
    const inner = faultsOfLongArrays(schema, member);
    if (inner.length > 0) return within(index, inner);
    if (members.length <= LONG) continue;
    const { error } = z.safeParse(schema, member);
    if (error !== undefined) return within(index, error.issues);
  }
  return [];
}

const within = (key: PropertyKey, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
