import type { z } from "zod";
import { EXPECTED_INTEGER, MAX_COLLECTED_ISSUES } from "../../domain/schemaParts.js";
import { truncateText } from "../../domain/truncateText.js";
import { invalid } from "../../domain/wmsError.js";
import { checkLongArrays, findLongArrayIssues, hasLongArrays } from "./longArrays.js";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Faults that one answer names. */
const MAX_ISSUES_IN_MESSAGE = 3;
/** Parts of a field's name, and characters of each. */
const MAX_PATH_PARTS = 10;
const MAX_KEY_CHARS = 100;

/**
 * Checks what a client sent.
 *
 * @returns the input, typed
 * @throws WmsError `invalid` that names each field and what is wrong with it: `tasks[0].n_workers: expected integer or null,
 *   got string; tasks[0].bogus: unknown field`
 */
export const validate = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> =>
  parseOrThrow(schema, input, []);

/** Validates a body. Yields to other requests while it checks long arrays. */
export async function validateBody<S extends z.ZodType>(schema: S, input: unknown): Promise<z.output<S>> {
  if (!hasLongArrays(schema, input)) return parseOrThrow(schema, input, []);
  const longArrayCheck = await checkLongArrays(schema, input);
  if (longArrayCheck === undefined) return parseOrThrow(schema, input, await findLongArrayIssues(schema, input));
  return {
    ...parseOrThrow(longArrayCheck.restSchema, input, longArrayCheck.issues),
    ...longArrayCheck.outputs,
  } as z.output<S>;
}

/** @param earlyIssues faults that were found so far; whether there are more is not looked at then */
function parseOrThrow<S extends z.ZodType>(schema: S, input: unknown, earlyIssues: readonly Issue[]): z.output<S> {
  const result = earlyIssues.length === 0 ? schema.safeParse(input) : undefined;
  if (result?.success) return result.data;
  const messageFactories = (result?.error.issues ?? earlyIssues).flatMap((issue) =>
    issueMessageFactories(issue, input, []),
  );
  const shownMessages = messageFactories
    .slice(0, MAX_ISSUES_IN_MESSAGE)
    .map((name) => name())
    .join("; ");
  if (messageFactories.length <= MAX_ISSUES_IN_MESSAGE) throw invalid(shownMessages);
  // Where there are many, they were not all looked for.
  const isAll = earlyIssues.length === 0 && messageFactories.length < MAX_COLLECTED_ISSUES;
  throw invalid(`${shownMessages}; and ${isAll ? `${messageFactories.length - MAX_ISSUES_IN_MESSAGE} ` : ""}more`);
}

/** A field as clients write it: `tasks[0].task_env["a key"]`. The whole input is `body`. */
export function fieldName(path: Path): string {
  const shown = path.slice(0, MAX_PATH_PARTS).map((part) => {
    if (typeof part === "number") return `[${part}]`;
    const key = truncateText(String(part), MAX_KEY_CHARS);
    return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  const name = shown.join("").replace(/^\./, "");
  return (name || "body") + (path.length > MAX_PATH_PARTS ? "..." : "");
}

/** What is wrong, each in words that are made only if it is told: there may be thousands. */
function issueMessageFactories(issue: Issue, input: unknown, base: Path): (() => string)[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => () => `${fieldName([...path, key])}: unknown field`);
  if (issue.code === "invalid_union") {
    const alternatives = flattenAlternatives(issue.errors);
    const meant = alternatives.find((issues) => !issues.some(isTypeMismatch));
    if (meant !== undefined) return meant.flatMap((inner) => issueMessageFactories(inner, input, path));
    return [() => `${fieldName(path)}: ${mismatchMessage(alternatives.flat(), valueAt(input, path))}`];
  }
  return [() => `${fieldName(path)}: ${issueMessage(issue, valueAt(input, path))}`];
}

/** The alternatives of a union, those of unions within it included. */
const flattenAlternatives = (alternatives: readonly Issue[][]): Issue[][] =>
  alternatives.flatMap((issues) => {
    const [only] = issues;
    return issues.length === 1 && only?.code === "invalid_union" && only.path.length === 0
      ? flattenAlternatives(only.errors)
      : [issues];
  });

/** Whether a value is of another kind than an alternative is about, rather than a faulty one of that kind. */
const isTypeMismatch = (issue: Issue): boolean => issue.path.length === 0 && expectedKindsOf(issue).length > 0;

function issueMessage(issue: Issue, value: unknown): string {
  if (expectedKindsOf(issue).length > 0) return mismatchMessage([issue], value);
  if (issue.code === "too_small")
    return `expected at least ${issue.minimum} ${lengthUnitOf(issue.origin, Number(issue.minimum))}`;
  if (issue.code === "too_big" && typeof value === "number")
    return `expected integer between -(2^53 - 1) and 2^53 - 1, got ${value}`;
  return issue.message;
}

function lengthUnitOf(origin: string, count: number): string {
  if (origin === "string") return count === 1 ? "character" : "characters";
  return count === 1 ? "entry" : "entries";
}

function mismatchMessage(issues: readonly Issue[], value: unknown): string {
  if (value === undefined) return "missing field";
  const expected = [...new Set(issues.flatMap(expectedKindsOf))];
  return `expected ${expected.join(" or ")}, got ${describeValue(value, expected)}`;
}

/** The kinds or values that were expected; empty for an issue that is about something else. */
function expectedKindsOf(issue: Issue): string[] {
  if (issue.code === "invalid_type") return [issue.message === EXPECTED_INTEGER ? "integer" : issue.expected];
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value));
  return [];
}

/** The kind of a value, or the value itself where its kind would explain nothing. */
export function describeValue(value: unknown, expected: readonly string[] = []): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && expected.includes("integer")) return String(value);
  if (typeof value === "string" && expected.some((text) => text.startsWith('"')))
    return JSON.stringify(truncateText(value, MAX_KEY_CHARS));
  return typeof value;
}

/** What the client sent at a path; undefined where nothing is. */
function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
