import { isIPv6 } from "node:net";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { UNCHECKED_CALLER } from "../../domain/caller.js";
import { requestContextOf } from "./requestContext.js";
import { HttpError, toHttpError } from "./responses.js";

/** Counts the requests of each caller, all web processes together. */
export interface RateLimiter {
  /** Requests of one caller in a minute. */
  readonly perMinute: number;
  /**
   * Counts one request.
   *
   * @returns 0, or the seconds after which the caller may send the next one
   */
  take(who: string): Promise<number>;
}

/**
 * Answers with 429 once a caller has used up its allowance. While that can't be counted everybody passes: it is for want of
 * Redis, and then the route's own handler answers with 503.
 *
 * @returns a handler for callers that are known by now, and one for those whose token was refused: a guess counts, too
 */
export const createRateLimitHandlers = (allowance: RateLimiter): [RequestHandler, ErrorRequestHandler] => [
  async (request, response, next) => {
    await enforceRateLimit(allowance, callerKeyOf(request, response));
    next();
  },
  async (error, request, _response, next) => {
    if (toHttpError(error).status === 401) await enforceRateLimit(allowance, addressKeyOf(request));
    next(error);
  },
];

/** @throws HttpError 429 that says when to come back */
async function enforceRateLimit(allowance: RateLimiter, callerKey: string): Promise<void> {
  const retryAfterSeconds = await allowance.take(callerKey).catch(() => 0);
  if (retryAfterSeconds === 0) return;
  const limitText = `at most ${allowance.perMinute} in a minute`;
  throw new HttpError(429, `too many requests: ${limitText}, try again in ${retryAfterSeconds} s`, {
    "retry-after": String(retryAfterSeconds),
  });
}

function callerKeyOf(request: Request, response: Response): string {
  const { caller } = requestContextOf(response);
  return caller === undefined || caller === UNCHECKED_CALLER ? addressKeyOf(request) : `subject ${caller.subject}`;
}

const addressKeyOf = ({ ip = "unknown" }: Request): string => `address ${isIPv6(ip) ? ipv6NetworkOf(ip) : ip}`;

/** The first half of an IPv6 address: one machine may have all addresses that begin with it. */
function ipv6NetworkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [first = [], last] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = last === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(zeros).fill("0"), ...(last ?? [])].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
