import { z } from "zod";

/**
 * An array without repeated members: OpenAPI's `uniqueItems`, which zod does not have. Members are compared as JSON.
 * Zod reports a failure at the array's own path.
 */
export const uniqueArray = <T extends z.ZodType>(
  member: T,
  options: { min?: number; description?: string } = {},
) =>
  z
    .array(member)
    .min(options.min ?? 0)
    .superRefine((members, context) => {
      const seen = new Map<string, number>();
      members.forEach((value, index) => {
        const text = JSON.stringify(value);
        const first = seen.get(text);
        if (first === undefined) seen.set(text, index);
        else context.addIssue({ code: "custom", path: [index], message: `repeats entry ${first}` });
      });
    })
    .meta({ uniqueItems: true, ...(options.description ? { description: options.description } : {}) });

/**
 * A JSON object whose keys are the caller's. `z.record` would drop a key named `__proto__`; this keeps the parsed
 * object itself, and checks every value.
 *
 * @param value schema of each value
 * @param valueJson the same as JSON schema, for the document
 */
export const mapOf = <V>(
  value: z.ZodType<V>,
  valueJson: Record<string, unknown>,
  options: { min?: number; description?: string } = {},
) => {
  const min = options.min ?? 0;
  return z
    .custom<Record<string, V>>()
    .superRefine((input: unknown, context) => {
      if (typeof input !== "object" || input === null || Array.isArray(input)) {
        context.addIssue({ code: "invalid_type", expected: "object", input });
        return;
      }
      const entries = Object.entries(input);
      if (entries.length < min)
        context.addIssue({
          code: "custom",
          message: `expected at least ${min} ${min === 1 ? "entry" : "entries"}`,
        });
      for (const [key, member] of entries) {
        const result = value.safeParse(member, { reportInput: true });
        if (result.success) continue;
        for (const issue of result.error.issues)
          context.addIssue({ ...issue, path: [key, ...issue.path] } as Parameters<
            typeof context.addIssue
          >[0]);
      }
    })
    .meta({
      type: "object",
      additionalProperties: valueJson,
      minProperties: min,
      ...(options.description ? { description: options.description } : {}),
    });
};

/** Epoch seconds, as a float. */
export const epochSeconds = z.number();
