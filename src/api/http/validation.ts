import type { z } from "zod";
import { invalid } from "../../domain/wmsError.js";
import { ENOUGH_FAULTS, EXPECTED_INTEGER } from "../../domain/schemaParts.js";
import { shortened } from "../../domain/truncateText.js";
import { checkLongArrays, faultsOfLongArrays } from "./longArrays.js";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Faults that one answer names. */
const MOST_FAULTS = 3;
/** Parts of a field's name, and characters of each. */
const LONGEST_PATH = 10;
const LONGEST_KEY = 100;

/**
 * Checks what a client sent.
 *
 * @returns the input, typed
 * @throws WmsError `invalid` that names each field and what is wrong with it: `tasks[0].n_workers: expected integer or null,
 *   got string; tasks[0].bogus: unknown field`
 */
export const validate = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> =>
  concluded(schema, input, []);

/** The same for a body, which may be so large that others must get their turn meanwhile. */
export async function validateBody<S extends z.ZodType>(schema: S, input: unknown): Promise<z.output<S>> {
  const apart = await checkLongArrays(schema, input);
  if (apart === undefined) return concluded(schema, input, await faultsOfLongArrays(schema, input));
  return { ...concluded(apart.rest, input, apart.faults), ...apart.outputs } as z.output<S>;
}

/** @param early faults that were found so far; whether there are more is not looked at then */
function concluded<S extends z.ZodType>(schema: S, input: unknown, early: readonly Issue[]): z.output<S> {
  const result = early.length === 0 ? schema.safeParse(input) : undefined;
  if (result?.success) return result.data;
  const faults = (result?.error.issues ?? early).flatMap((issue) => faultsOf(issue, input, []));
  const named = faults
    .slice(0, MOST_FAULTS)
    .map((name) => name())
    .join("; ");
  if (faults.length <= MOST_FAULTS) throw invalid(named);
  // Where there are many, they were not all looked for.
  const isAll = early.length === 0 && faults.length < ENOUGH_FAULTS;
  throw invalid(`${named}; and ${isAll ? `${faults.length - MOST_FAULTS} ` : ""}more`);
}

/** A field as clients write it: `tasks[0].task_env["a key"]`. The whole input is `body`. */
export function fieldName(path: Path): string {
  const shown = path.slice(0, LONGEST_PATH).map((part) => {
    if (typeof part === "number") return `[${part}]`;
    const key = shortened(String(part), LONGEST_KEY);
    return /^[\w$-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  const name = shown.join("").replace(/^\./, "");
  return (name || "body") + (path.length > LONGEST_PATH ? "..." : "");
}

/** What is wrong, each in words that are made only if it is told: there may be thousands. */
function faultsOf(issue: Issue, input: unknown, base: Path): (() => string)[] {
  const path = [...base, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => () => `${fieldName([...path, key])}: unknown field`);
  if (issue.code === "invalid_union") {
    const alternatives = flatAlternatives(issue.errors);
    const meant = alternatives.find((issues) => !issues.some(isAboutKind));
    if (meant !== undefined) return meant.flatMap((inner) => faultsOf(inner, input, path));
    return [() => `${fieldName(path)}: ${mismatch(alternatives.flat(), valueAt(input, path))}`];
  }
  return [() => `${fieldName(path)}: ${whatIsWrong(issue, valueAt(input, path))}`];
}

/** The alternatives of a union, those of unions within it included. */
const flatAlternatives = (alternatives: readonly Issue[][]): Issue[][] =>
  alternatives.flatMap((issues) => {
    const [only] = issues;
    return issues.length === 1 && only?.code === "invalid_union" && only.path.length === 0
      ? flatAlternatives(only.errors)
      : [issues];
  });

/** Whether a value is of another kind than an alternative is about, rather than a faulty one of that kind. */
const isAboutKind = (issue: Issue): boolean => issue.path.length === 0 && expectedOf(issue).length > 0;

function whatIsWrong(issue: Issue, value: unknown): string {
  if (expectedOf(issue).length > 0) return mismatch([issue], value);
  if (issue.code === "too_small")
    return `expected at least ${issue.minimum} ${nounOf(issue.origin, Number(issue.minimum))}`;
  if (issue.code === "too_big" && typeof value === "number")
    return `expected integer between -(2^53 - 1) and 2^53 - 1, got ${value}`;
  return issue.message;
}

function nounOf(origin: string, count: number): string {
  if (origin === "string") return count === 1 ? "character" : "characters";
  return count === 1 ? "entry" : "entries";
}

function mismatch(issues: readonly Issue[], value: unknown): string {
  if (value === undefined) return "missing field";
  const expected = [...new Set(issues.flatMap(expectedOf))];
  return `expected ${expected.join(" or ")}, got ${describe(value, expected)}`;
}

/** The kinds or values that were expected; empty for an issue that is about something else. */
function expectedOf(issue: Issue): string[] {
  if (issue.code === "invalid_type") return [issue.message === EXPECTED_INTEGER ? "integer" : issue.expected];
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value));
  return [];
}

/** The kind of a value, or the value itself where its kind would explain nothing. */
function describe(value: unknown, expected: readonly string[]): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && expected.includes("integer")) return String(value);
  if (typeof value === "string" && expected.some((text) => text.startsWith('"')))
    return JSON.stringify(shortened(value, LONGEST_KEY));
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
