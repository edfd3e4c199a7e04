import { z } from "zod";

/** Characters of a workflow's name. */
const MAX_NAME_CHARS = 120;
/** Labels of a workflow. */
const MAX_LABELS = 20;
/** Characters of a label's key, and of its value. */
const MAX_LABEL_KEY_CHARS = 63;
const MAX_LABEL_VALUE_CHARS = 100;
/** Characters of a workflow's note. */
const MAX_NOTE_CHARS = 4000;

const LABEL_KEY_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?$/;
const KEY_RULE = `must consist of 1 to ${MAX_LABEL_KEY_CHARS} letters, digits, '.', '_', '/' and '-'`;
/** They would break lines of tables and headers. */
const hasControlCharacters = (text: string): boolean => /\p{Cc}/u.test(text);

/** The name of a workflow. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NAME_CHARS)
  .refine((text) => !hasControlCharacters(text), "must not contain control characters")
  .meta({ description: "A short name for people." });

/** The labels of a workflow. */
export const labelsSchema = z
  .record(
    z.string(),
    // A comma separates labels in a header.
    z
      .string()
      .max(MAX_LABEL_VALUE_CHARS)
      .regex(/^[^,]*$/, "must not contain commas")
      .refine((text) => !hasControlCharacters(text), "must not contain control characters"),
  )
  .superRefine((labels, context) => {
    const keys = Object.keys(labels);
    if (keys.length > MAX_LABELS) context.addIssue(`must have at most ${MAX_LABELS} labels`);
    const invalid = keys.find((key) => key.length > MAX_LABEL_KEY_CHARS || !LABEL_KEY_PATTERN.test(key));
    if (invalid !== undefined) context.addIssue({ code: "custom", path: [invalid], message: KEY_RULE });
  })
  .meta({ description: "Keys and values to find workflows by." });

const note = z.string().max(MAX_NOTE_CHARS).meta({ description: "A text of any form." });

const orAbsent = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()]).default(null);

/** What people write about a workflow. A field that is absent is null or empty. */
export const annotationsSchema = z.strictObject({
  name: orAbsent(nameSchema),
  labels: labelsSchema.default({}),
  note: orAbsent(note),
});

/** What people write about a workflow. */
export type Annotations = z.infer<typeof annotationsSchema>;

/** A workflow about which nothing is written. */
export const NO_ANNOTATIONS: Annotations = { name: null, labels: {}, note: null };

/** Who created a workflow. */
export interface Creator {
  /** The subject of the token, or the name of an operator. */
  subject: string;
  /** The name that the token shows to people. */
  name: string | null;
  /** The groups of `OWNERSHIP_GROUPS` to which the creator belonged. */
  groups: string[];
  /** The program that sent the request, from `User-Agent`. */
  client: string | null;
}

/** A label as one text, in which form it is indexed. */
export const labelText = (key: string, value: string): string => `${key}=${value}`;

/**
 * Parses labels as they are written in a header: `season=IC86, mc=22345`. The value may be missing.
 *
 * @returns them, or the reason why the text holds none
 */
export function parseLabels(text: string): { labels: Record<string, string> } | { reason: string } {
  const labels = new Map<string, string>();
  for (const part of text.split(",").map((each) => each.trim())) {
    if (part === "") continue;
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
    if (labels.has(key.trim())) return { reason: `repeats the label "${key.trim()}"` };
    labels.set(key.trim(), value.trim());
  }
  return { labels: Object.fromEntries(labels) };
}
