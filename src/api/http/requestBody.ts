import { setImmediate } from "node:timers/promises";
import express, { type RequestHandler } from "express";
import { invalid } from "../../domain/wmsError.js";
import { HttpError, tooLarge } from "./httpErrors.js";
import { fieldName } from "./validation.js";
import { holdsMoreValues } from "./valueCount.js";

/**
 * Levels of objects and arrays in a body. Far more than any request needs, a filter of the allowed depth included, and far
 * fewer than what overflows the stack of code that walks over it.
 */
const DEEPEST_NESTING = 500;

/**
 * Reads the bytes of a body, whatever content type it claims. Not `express.json`: that refuses bodies for the charset of
 * a content type that counts for nothing here.
 *
 * @param longest bytes, once inflated
 */
export const readBody = (longest: number): RequestHandler[] => [
  refuseLonger(longest),
  express.raw({ limit: longest, type: () => true }),
];

/**
 * Refuses a body by the length that its head tells. Express would first wait for all of it, and a client that tells of far too
 * much would learn nothing until its time is up. Node throws away what still comes.
 */
const refuseLonger =
  (longest: number): RequestHandler =>
  ({ headers }, _response, next) =>
    next(Number(headers["content-length"]) > longest ? tooLarge(longest) : undefined);

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Bytes of a body that is looked at and parsed in one go; both together take a millisecond or two. */
const SHORT = 250_000;

/**
 * The JSON object in a body. A key named `__proto__` is a key as any other. No body, or an empty one, is `{}`.
 *
 * @param bytes what {@link readBody} left at the request; undefined when there was no body
 * @param mostValues keys and values that it may hold
 * @throws HttpError 413 for more of them; WmsError `invalid` when it is no JSON object in UTF-8, nested too deeply, or holds text that is not Unicode
 */
export async function parseBody(bytes: unknown, mostValues: number): Promise<Record<string, unknown>> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  if (holdsMoreValues(bytes, mostValues))
    throw new HttpError(413, `body: more than ${mostValues} keys and values`);
  if (bytes.length > SHORT) await setImmediate();
  const text = decode(bytes);
  if (text.trim() === "") return {};
  const body = parse(text);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalid(`body: expected object, got ${kindOf(body)}`);
  // In UTF-8 only an escape can write half a surrogate pair.
  const fault = findFault(body, DEEPEST_NESTING, /\\u[dD][89a-fA-F]/.test(text));
  if (fault !== undefined) throw invalid(`${fieldName(fault.path.reverse())}: ${fault.what}`);
  return body as Record<string, unknown>;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalid("body: not UTF-8");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`body: not JSON: ${(error as SyntaxError).message}`);
  }
}

const kindOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

/** What is wrong with a parsed body; the path runs from the inside out. */
interface Fault {
  path: PropertyKey[];
  what: string;
}

const HALF_PAIR = /\p{Surrogate}/u;
const NOT_UNICODE = "holds half a surrogate pair, which is no character";

/**
 * The first text that is not Unicode (Redis would keep another one), or the first value that lies too deep.
 *
 * @param levels how many more levels are allowed
 * @param texts whether texts have to be looked at
 */
function findFault(value: unknown, levels: number, texts: boolean): Fault | undefined {
  if (typeof value === "string")
    return texts && HALF_PAIR.test(value) ? { path: [], what: NOT_UNICODE } : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (levels === 0) return { path: [], what: `nested deeper than ${DEEPEST_NESTING} levels` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = findFault(value[index], levels - 1, texts);
      if (fault !== undefined) return within(fault, index);
    }
    return undefined;
  }
  for (const key in value) {
    if (texts && HALF_PAIR.test(key)) return { path: [key], what: NOT_UNICODE };
    const fault = findFault((value as Record<string, unknown>)[key], levels - 1, texts);
    if (fault !== undefined) return within(fault, key);
  }
  return undefined;
}

function within(fault: Fault, key: PropertyKey): Fault {
  fault.path.push(key);
  return fault;
}
