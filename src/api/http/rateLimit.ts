import { isIPv6 } from "node:net";
import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import { UNCHECKED_CALLER } from "../../domain/caller.js";
import { requestContextOf } from "./requestContext.js";
import { HttpError, toHttpError } from "./responses.js";

/** Counts the requests of each caller across all web processes. */
export interface RateLimiter {
  /** Allowed requests of one caller per minute. */
  readonly perMinute: number;
  /** Counts one request. @returns 0 if it is allowed, otherwise the seconds until the next one is */
  take(callerKey: string): Promise<number>;
}

/**
 * Rejects requests with 429 once a caller has reached the limit. While Redis is unreachable all requests pass: the
 * handlers of the routes respond with 503.
 *
 * @returns a handler for authenticated requests, and one for rejected tokens, which count for the sender's address
 */
export const createRateLimitHandlers = (rateLimiter: RateLimiter): [RequestHandler, ErrorRequestHandler] => [
  async (request, response, next) => {
    const { caller } = requestContextOf(response);
    const isKnown = caller !== undefined && caller !== UNCHECKED_CALLER;
    await enforceRateLimit(rateLimiter, isKnown ? `subject ${caller.subject}` : addressKeyOf(request));
    next();
  },
  async (error, request, _response, next) => {
    if (toHttpError(error).status === 401) await enforceRateLimit(rateLimiter, addressKeyOf(request));
    next(error);
  },
];

/** @throws HttpError 429 with `Retry-After` */
async function enforceRateLimit(rateLimiter: RateLimiter, callerKey: string): Promise<void> {
  const retryAfterSeconds = await rateLimiter.take(callerKey).catch(() => 0);
  if (retryAfterSeconds === 0) return;
  throw new HttpError(
    429,
    `too many requests: at most ${rateLimiter.perMinute} in a minute, try again in ${retryAfterSeconds} s`,
    { "retry-after": String(retryAfterSeconds) },
  );
}

const addressKeyOf = ({ ip = "unknown" }: Request): string => `address ${isIPv6(ip) ? ipv6NetworkOf(ip) : ip}`;

/** The /64 network of an IPv6 address, because one machine may own a whole network. */
function ipv6NetworkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [first = [], last] = address.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = last === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(zeros).fill("0"), ...(last ?? [])].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
