import type { Request } from "express";
import type { LoginSource } from "../../auth/loginFailures.js";
import { addressKeyOf } from "../http/rateLimit.js";
import { HttpError } from "../http/responses.js";

/** Returns where the login of a request comes from. */
export const loginSourceOf = (request: Request): LoginSource => ({
  address: request.ip,
  addressKey: addressKeyOf(request),
});

/**
 * Rejects a login after too many failed ones.
 *
 * @param seconds until the next login is allowed; 0: this one is
 * @throws HttpError 429 with `Retry-After`
 */
export function rejectUntil(seconds: number): void {
  if (seconds === 0) return;
  throw new HttpError(429, `too many failed logins: try again in ${seconds} s`, {
    "retry-after": String(seconds),
  });
}
