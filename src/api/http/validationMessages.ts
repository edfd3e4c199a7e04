import type { z } from "zod";
import { EXPECTED_INTEGER, MAX_COLLECTED_ISSUES } from "../../domain/schemaParts.js";
import { truncateText } from "../../domain/truncateText.js";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Issues that one error names. */
const MAX_ISSUES_IN_MESSAGE = 3;
/** Parts of a field's name, and characters of each part. */
const MAX_PATH_PARTS = 10;
const MAX_KEY_CHARS = 100;

/**
 * Names the fields of the first issues, what is wrong with each, and how many issues follow.
 *
 * @param isComplete whether validation looked for all issues
 */
export function describeIssues(issues: readonly Issue[], input: unknown, isComplete: boolean): string {
  const messageFactories = issues.flatMap((issue) => issueMessageFactories(issue, input, []));
  const shownMessages = messageFactories
    .slice(0, MAX_ISSUES_IN_MESSAGE)
    .map((createMessage) => createMessage())
    .join("; ");
  const more = messageFactories.length - MAX_ISSUES_IN_MESSAGE;
  if (more <= 0) return shownMessages;
  // The schemas of arrays and maps stop at MAX_COLLECTED_ISSUES.
  const count = isComplete && messageFactories.length < MAX_COLLECTED_ISSUES ? `${more} ` : "";
  return `${shownMessages}; and ${count}more`;
}

/** A field's name in errors: `tasks[0].task_env["a key"]`. The whole input is `body`. */
export function fieldName(path: Path): string {
  const shown = path.slice(0, MAX_PATH_PARTS).map((part) => {
    if (typeof part === "number") return `[${part}]`;
    const key = truncateText(String(part), MAX_KEY_CHARS);
    return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  const name = shown.join("").replace(/^\./, "");
  return (name || "body") + (path.length > MAX_PATH_PARTS ? "..." : "");
}

/** Creates the messages of an issue on demand, because there may be thousands and an error shows three. */
function issueMessageFactories(issue: Issue, input: unknown, base: Path): (() => string)[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, MAX_COLLECTED_ISSUES).map((key) => () => `${fieldName([...path, key])}: unknown field`);
  if (issue.code === "invalid_union") {
    const alternatives = flattenAlternatives(issue.errors);
    const matching = alternatives.find((issues) => !issues.some(isTypeMismatch));
    if (matching !== undefined) return matching.flatMap((inner) => issueMessageFactories(inner, input, path));
    return [() => `${fieldName(path)}: ${mismatchMessage(alternatives.flat(), valueAt(input, path))}`];
  }
  return [() => `${fieldName(path)}: ${issueMessage(issue, valueAt(input, path))}`];
}

/** The alternatives of a union, including those of nested unions. */
const flattenAlternatives = (alternatives: readonly Issue[][]): Issue[][] =>
  alternatives.flatMap((issues) => {
    const [only] = issues;
    return issues.length === 1 && only?.code === "invalid_union" && only.path.length === 0
      ? flattenAlternatives(only.errors)
      : [issues];
  });

/** Whether the value has another type than this alternative expects, rather than a bad value of that type. */
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

/** The types or values that were expected; empty for an issue of another kind. */
function expectedKindsOf(issue: Issue): string[] {
  if (issue.code === "invalid_type") return [issue.message === EXPECTED_INTEGER ? "integer" : issue.expected];
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value));
  return [];
}

/** The type of a value, or the value itself where its type would explain nothing. */
export function describeValue(value: unknown, expected: readonly string[] = []): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && expected.includes("integer")) return String(value);
  if (typeof value === "string" && expected.some((text) => text.startsWith('"')))
    return JSON.stringify(truncateText(value, MAX_KEY_CHARS));
  return typeof value;
}

/** What the client sent at a path; `undefined` if nothing. */
function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
