import type { ErrorRequestHandler, Request, RequestHandler } from "express";
import { type Caller, UNCHECKED_CALLER } from "../../domain/caller.js";
import { clientNetworkOf } from "../../domain/clientNetwork.js";
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
    await enforceRateLimit(rateLimiter, callerKeyOf(request, requestContextOf(response).caller));
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

/** Identifies a caller across requests: by the subject if it is known, else by the address. */
export const callerKeyOf = (request: Request, caller: Caller | undefined): string =>
  caller !== undefined && caller !== UNCHECKED_CALLER ? `subject ${caller.subject}` : addressKeyOf(request);

/** The key under which the requests of a sender count. */
export const addressKeyOf = ({ ip = "unknown" }: Request): string => `address ${clientNetworkOf(ip)}`;
