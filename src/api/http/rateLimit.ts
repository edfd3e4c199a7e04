import { isIPv6 } from "node:net";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { ANYBODY } from "../../domain/caller.js";
import { asHttpError, HttpError } from "./httpErrors.js";
import { exchangeOf } from "./requestContext.js";

/** Counts the requests of each caller, all web processes together. */
export interface Allowance {
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
export const rateLimit = (allowance: Allowance): [RequestHandler, ErrorRequestHandler] => [
  async (request, response, next) => {
    await count(allowance, whoSends(request, response));
    next();
  },
  async (error, request, _response, next) => {
    if (asHttpError(error).status === 401) await count(allowance, senderOf(request));
    next(error);
  },
];

/** @throws HttpError 429 that says when to come back */
async function count(allowance: Allowance, who: string): Promise<void> {
  const wait = await allowance.take(who).catch(() => 0);
  if (wait === 0) return;
  const most = `at most ${allowance.perMinute} in a minute`;
  throw new HttpError(429, `too many requests: ${most}, try again in ${wait} s`, {
    "retry-after": String(wait),
  });
}

function whoSends(request: Request, response: Response): string {
  const { caller } = exchangeOf(response);
  return caller === undefined || caller === ANYBODY ? senderOf(request) : `subject ${caller.subject}`;
}

const senderOf = ({ ip = "unknown" }: Request): string => `address ${isIPv6(ip) ? networkOf(ip) : ip}`;

/** The first half of an IPv6 address: one machine may have all addresses that begin with it. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [first = [], last] = address
    .split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = last === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(zeros).fill("0"), ...(last ?? [])].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
