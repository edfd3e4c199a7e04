import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { createDuplicateCheck, MAX_COLLECTED_ISSUES } from "../../domain/schemaParts.js";
import { createYielder } from "../../domain/time.js";
import { invalid } from "../../domain/wmsError.js";
import { HttpError, SYNC_TEXT_MAX_LENGTH } from "./responses.js";
import { describeIssues, describeValue, fieldName } from "./validationMessages.js";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;
type Pause = ReturnType<typeof createYielder>;

/**
 * Levels of objects and arrays in a body. Filters of the allowed depth need fewer; far more would overflow the stack of
 * recursive code.
 */
const MAX_NESTING_LEVELS = 500;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Parses the JSON object in a body. Treats a key named `__proto__` as any other key, and a missing or empty body as
 * `{}`.
 *
 * @param maxValues the largest allowed number of keys and values
 * @throws HttpError 413 for more keys and values
 * @throws WmsError `invalid` for bytes that are not a JSON object in UTF-8, for text that is not Unicode, and for
 *   deep nesting
 */
export async function parseBody(bytes: unknown, maxValues: number): Promise<Record<string, unknown>> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  if (exceedsValueCount(bytes, maxValues)) throw new HttpError(413, `body: more than ${maxValues} keys and values`);
  if (bytes.length > SYNC_TEXT_MAX_LENGTH) await setImmediate();
  const text = decodeUtf8(bytes);
  if (text.trim() === "") return {};
  const body = parseJson(text);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalid(`body: expected object, got ${describeValue(body)}`);
  const mayHoldLoneSurrogates = SURROGATE_ESCAPE.test(text);
  // Each level needs a bracket of its own, so most bodies are too short to be nested too deeply and need no walk.
  if (mayHoldLoneSurrogates || exceedsValueCount(bytes, MAX_NESTING_LEVELS)) {
    const path: PropertyKey[] = [];
    const problem = findBodyProblem(body, path, mayHoldLoneSurrogates);
    if (problem !== undefined) throw invalid(`${fieldName(path)}: ${problem}`);
  }
  return body as Record<string, unknown>;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid("body: not UTF-8");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`body: not JSON: ${(error as SyntaxError).message}`);
  }
}

/** In UTF-8, only an escape can write half a surrogate pair. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Finds the first text that is not Unicode (Redis would store a different text), or the first value that is nested
 * too deeply.
 *
 * @param path the path of `value`; when a problem is found, the path of the problem
 * @param checksText whether to look for lone surrogates
 */
function findBodyProblem(value: unknown, path: PropertyKey[], checksText: boolean): string | undefined {
  if (typeof value === "string")
    return checksText && /\p{Surrogate}/u.test(value)
      ? "holds half a surrogate pair, which is no character"
      : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length === MAX_NESTING_LEVELS) return `nested deeper than ${MAX_NESTING_LEVELS} levels`;
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    path.push(key);
    const member = (value as Record<PropertyKey, unknown>)[key];
    const problem = findBodyProblem(key, path, checksText) ?? findBodyProblem(member, path, checksText);
    if (problem !== undefined) return problem;
    path.pop();
  }
  return undefined;
}

const [QUOTE, BACKSLASH, COMMA, COLON, BRACKET, BRACE] = Buffer.from('"\\,:[{');

/**
 * Whether JSON text holds more keys and values than allowed. Parsing and validation block the process for at least 1
 * µs for each of them, so this runs before both. It reads 32 MiB in about 50 ms.
 *
 * Well-formed text has at least as many commas, colons and opening brackets as keys and values. Strings are counted, too:
 * malformed text may hold many without separators.
 */
function exceedsValueCount(bytes: Buffer, maxValues: number): boolean {
  if (bytes.length <= maxValues) return false;
  let separators = 0;
  let strings = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (isInString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) {
      isInString = true;
      if (++strings > maxValues) return true;
    } else if (byte === COMMA || byte === COLON || byte === BRACKET || byte === BRACE) {
      if (++separators > maxValues) return true;
    }
  }
  return false;
}

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
  const pause = createYielder();
  const longArrays = longArraysIn(schema, input);
  if (longArrays.length === 0) {
    throwIssues(await findLongArrayIssues(schema, input, pause), input);
    return validate(schema, input);
  }
  const outputs: Record<string, unknown[]> = {};
  for (const [key, array, members] of longArrays) {
    const { issues, output } = await checkMembers(array, members, pause);
    throwIssues(prependPath(key, issues), input);
    outputs[key] = output;
  }
  const restSchema = (schema as unknown as z.ZodObject).extend(
    Object.fromEntries(longArrays.map(([key]) => [key, z.any()])),
  );
  return { ...validate(restSchema, input), ...outputs } as z.output<S>;
}

function throwIssues(issues: readonly Issue[], input: unknown): void {
  if (issues.length > 0) throw invalid(describeIssues(issues, input, false));
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
  return arrayPartsOf(schema).some(([key, part]) => hasLongArrays(part, (input as Record<string, unknown>)[key]));
}

/** The long arrays that are direct members of an object: to check thousands of tasks at once takes a tenth of a second. */
function longArraysIn(schema: Schema, input: unknown): [key: string, array: z.ZodArray, members: unknown[]][] {
  if (!(schema instanceof z.ZodObject) || typeof input !== "object" || input === null) return [];
  return arrayPartsOf(schema).flatMap(([key, part]): [string, z.ZodArray, unknown[]][] => {
    const value: unknown = Object.hasOwn(input, key) ? (input as Record<string, unknown>)[key] : undefined;
    return part instanceof z.ZodArray && Array.isArray(value) && value.length > LONG_ARRAY_MEMBERS
      ? [[key, part, value]]
      : [];
  });
}

/** Finds the issues of the first bad member of a long array. If there are none, the whole input is still to be checked. */
async function findLongArrayIssues(schema: Schema, input: unknown, pause: Pause): Promise<Issue[]> {
  if (schema instanceof z.ZodOptional) return findLongArrayIssues(schema.unwrap(), input, pause);
  if (schema instanceof z.ZodArray && Array.isArray(input)) return findMemberIssues(schema.element, input, pause);
  if (schema instanceof z.ZodObject && typeof input === "object" && input !== null)
    for (const [key, part] of arrayPartsOf(schema)) {
      const issues = await findLongArrayIssues(part, (input as Record<string, unknown>)[key], pause);
      if (issues.length > 0) return prependPath(key, issues);
    }
  return [];
}

async function findMemberIssues(schema: Schema, members: readonly unknown[], pause: Pause): Promise<Issue[]> {
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

/** Checks a member of a long array, the long arrays in it first. `output` is the typed member if there are no issues. */
async function checkMember(
  schema: Schema,
  member: unknown,
  pause: Pause,
): Promise<{ issues: Issue[]; output?: unknown }> {
  const innerIssues = await findLongArrayIssues(schema, member, pause);
  if (innerIssues.length > 0) return { issues: innerIssues };
  const { error, data } = z.safeParse(schema, member);
  return { issues: error?.issues ?? [], output: data };
}

/** Checks a long array up to the first bad member. The issues are that member's, or those of repeated members. */
async function checkMembers(
  array: z.ZodArray,
  members: readonly unknown[],
  pause: Pause,
): Promise<{ issues: Issue[]; output: unknown[] }> {
  const checkDuplicate = array.meta()?.["uniqueItems"] === true ? createDuplicateCheck() : () => undefined;
  const output: unknown[] = [];
  const duplicates: Issue[] = [];
  for (const [index, member] of members.entries()) {
    await pause();
    const checked = await checkMember(array.element, member, pause);
    if (checked.issues.length > 0) return { issues: prependPath(index, checked.issues), output };
    const duplicate = checkDuplicate(checked.output);
    if (duplicate !== undefined) duplicates.push({ ...duplicate, input: member });
    if (duplicates.length >= MAX_COLLECTED_ISSUES) break;
    output.push(checked.output);
  }
  return { issues: duplicates, output };
}

const prependPath = (key: PropertyKey, issues: readonly Issue[]): Issue[] =>
  issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
