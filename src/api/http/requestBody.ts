import { setImmediate } from "node:timers/promises";
import { invalid } from "../../domain/wmsError.js";
import { HttpError, SYNC_TEXT_MAX_LENGTH } from "./responses.js";
import { describeValue, fieldName } from "./validationMessages.js";

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
 * @param bytes the body; `undefined` if the request has none
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
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATE_MESSAGE = "holds half a surrogate pair, which is no character";

/**
 * Finds the first text that is not Unicode (Redis would store a different text), or the first value that is nested
 * too deeply.
 *
 * @param path the path of `value`; when a problem is found, the path of the problem
 * @param checksText whether to look for lone surrogates
 */
function findBodyProblem(value: unknown, path: PropertyKey[], checksText: boolean): string | undefined {
  if (typeof value === "string") return checksText && LONE_SURROGATE.test(value) ? LONE_SURROGATE_MESSAGE : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (path.length === MAX_NESTING_LEVELS) return `nested deeper than ${MAX_NESTING_LEVELS} levels`;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      path.push(index);
      const problem = findBodyProblem(value[index], path, checksText);
      if (problem !== undefined) return problem;
      path.pop();
    }
    return undefined;
  }
  for (const key in value) {
    path.push(key);
    if (checksText && LONE_SURROGATE.test(key)) return LONE_SURROGATE_MESSAGE;
    const problem = findBodyProblem((value as Record<string, unknown>)[key], path, checksText);
    if (problem !== undefined) return problem;
    path.pop();
  }
  return undefined;
}

const charCodeOf = (character: string): number => character.charCodeAt(0);
const QUOTE = charCodeOf('"');
const BACKSLASH = charCodeOf("\\");
const COMMA = charCodeOf(",");
const COLON = charCodeOf(":");
const BRACKET = charCodeOf("[");
const BRACE = charCodeOf("{");

/**
 * Whether JSON text holds more keys and values than allowed. Parsing and validation block the process for at least 1
 * µs for each of them, so this runs before both. It reads 32 MiB in about 50 ms.
 *
 * Well-formed text has at least as many commas, colons and opening brackets as keys and values. Strings are counted, too:
 * malformed text may hold many without separators.
 *
 * @param bytes the text in UTF-8, well-formed or not
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
