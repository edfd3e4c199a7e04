import { setImmediate } from "node:timers/promises";
import express, { type RequestHandler } from "express";
import { invalid } from "../../domain/wmsError.js";
import { bodyTooLarge, HttpError } from "./httpErrors.js";
import { describeValue, fieldName } from "./validation.js";
import { exceedsValueCount } from "./valueCount.js";

/**
 * Levels of objects and arrays in a body. Far more than any request needs, a filter of the allowed depth included, and far
 * fewer than what overflows the stack of code that walks over it.
 */
const MAX_NESTING_LEVELS = 500;

/**
 * Reads the bytes of a body, whatever content type it claims. Not `express.json`: that refuses bodies for the charset of
 * a content type that counts for nothing here.
 *
 * @param maxBytes bytes, once inflated
 */
export const createBodyReaders = (maxBytes: number): RequestHandler[] => [
  rejectOversizedBody(maxBytes),
  express.raw({ limit: maxBytes, type: () => true }),
];

/**
 * Refuses a body by the length that its head tells. Express would first wait for all of it, and a client that tells of far too
 * much would learn nothing until its time is up. Node throws away what still comes.
 */
const rejectOversizedBody =
  (maxBytes: number): RequestHandler =>
  ({ headers }, _response, next) =>
    next(Number(headers["content-length"]) > maxBytes ? bodyTooLarge(maxBytes) : undefined);

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Bytes of a body that is looked at and parsed in one go; both together take a millisecond or two. */
const SYNC_PARSE_MAX_BYTES = 250_000;

/**
 * Parses the JSON object in a body. Treats a key named `__proto__` as any other key, and a missing or empty body as `{}`.
 *
 * @param bytes what {@link createBodyReaders} left at the request; undefined when there was no body
 * @param maxValues the largest allowed number of keys and values
 * @throws HttpError 413 for more keys and values
 * @throws WmsError `invalid` for bytes that are not a JSON object in UTF-8, for text that is not Unicode, and for deep nesting
 */
export async function parseBody(bytes: unknown, maxValues: number): Promise<Record<string, unknown>> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  if (exceedsValueCount(bytes, maxValues)) throw new HttpError(413, `body: more than ${maxValues} keys and values`);
  if (bytes.length > SYNC_PARSE_MAX_BYTES) await setImmediate();
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
 * Finds the first text that is not Unicode (Redis would store a different text), or the first value that is nested too deeply.
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
