import { setImmediate } from "node:timers/promises";
import express, { type RequestHandler } from "express";
import { invalid } from "../../domain/wmsError.js";
import { bodyTooLarge, HttpError } from "./httpErrors.js";
import { fieldName } from "./validation.js";
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
 * The JSON object in a body. A key named `__proto__` is a key as any other. No body, or an empty one, is `{}`.
 *
 * @param bytes what {@link createBodyReaders} left at the request; undefined when there was no body
 * @param maxValues keys and values that it may hold
 * @throws HttpError 413 for more of them; WmsError `invalid` when it is no JSON object in UTF-8, nested too deeply, or holds text that is not Unicode
 */
export async function parseBody(bytes: unknown, maxValues: number): Promise<Record<string, unknown>> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  if (exceedsValueCount(bytes, maxValues)) throw new HttpError(413, `body: more than ${maxValues} keys and values`);
  if (bytes.length > SYNC_PARSE_MAX_BYTES) await setImmediate();
  const text = decodeUtf8(bytes);
  if (text.trim() === "") return {};
  const body = parseJson(text);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalid(`body: expected object, got ${kindOf(body)}`);
  // In UTF-8 only an escape can write half a surrogate pair.
  const issue = findBodyIssue(body, MAX_NESTING_LEVELS, /\\u[dD][89a-fA-F]/.test(text));
  if (issue !== undefined) throw invalid(`${fieldName(issue.path.reverse())}: ${issue.message}`);
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

const kindOf = (value: unknown): string => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** What is wrong with a parsed body; the path runs from the inside out. */
interface BodyIssue {
  path: PropertyKey[];
  message: string;
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const NOT_UNICODE_MESSAGE = "holds half a surrogate pair, which is no character";

/**
 * The first text that is not Unicode (Redis would keep another one), or the first value that lies too deep.
 *
 * @param levelsLeft how many more levels are allowed
 * @param checksText whether texts have to be looked at
 */
function findBodyIssue(value: unknown, levelsLeft: number, checksText: boolean): BodyIssue | undefined {
  if (typeof value === "string")
    return checksText && LONE_SURROGATE.test(value) ? { path: [], message: NOT_UNICODE_MESSAGE } : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (levelsLeft === 0) return { path: [], message: `nested deeper than ${MAX_NESTING_LEVELS} levels` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = findBodyIssue(value[index], levelsLeft - 1, checksText);
      if (fault !== undefined) return prependKey(fault, index);
    }
    return undefined;
  }
  for (const key in value) {
    if (checksText && LONE_SURROGATE.test(key)) return { path: [key], message: NOT_UNICODE_MESSAGE };
    const fault = findBodyIssue((value as Record<string, unknown>)[key], levelsLeft - 1, checksText);
    if (fault !== undefined) return prependKey(fault, key);
  }
  return undefined;
}

function prependKey(fault: BodyIssue, key: PropertyKey): BodyIssue {
  fault.path.push(key);
  return fault;
}
