import type { Request, Response } from "express";
import type { Logger } from "pino";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import type { BrowserAuthenticator } from "../http/authorize.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError } from "../http/responses.js";
import type { OperatorAuthenticator } from "./operatorGuard.js";

/** Routes that are asked with a POST, and change nothing. */
const QUERY_PATHS = /^\/v1\/query\//;

/** Lets the page at `/` do what a user may, in the name of an operator, and logs what it changes. */
export function createBrowserAuthenticator(
  authenticator: OperatorAuthenticator,
  publicUrl: string | undefined,
  log: Logger,
): BrowserAuthenticator {
  // Who turns the log down wants less noise, not less audit.
  const audit = log.child({ audit: true }, log.level === "silent" ? {} : { level: "info" });
  return async (request, response) => {
    const { cookie, authorization } = request.headers;
    if (cookie === undefined && authorization === undefined) return undefined;
    const subject = await authenticator.authenticate(request);
    if (subject === undefined) return undefined;
    if (isMutation(request)) auditOperatorRequest(audit, subject, request, response);
    if (!isSafeOrSameOrigin(request, publicUrl))
      throw new HttpError(403, "only pages of this service may ask for that without a token");
    return { subject, roles: new Set(["operator", "user"]) };
  };
}

const isMutation = ({ method, path }: Request): boolean =>
  method !== "GET" && method !== "HEAD" && !QUERY_PATHS.test(path);

/** Once it is answered, the log tells who did what, from where, and what came of it. */
function auditOperatorRequest(audit: Logger, operator: string, request: Request, response: Response): void {
  const { method, ip: address, path } = request;
  const context = requestContextOf(response);
  response.once("close", () => {
    const { id, route: action } = context;
    const status = response.statusCode;
    const outcome = response.writableFinished ? outcomeOf(status) : "unknown";
    audit.info({ operator, address, request: id, action, method, path, outcome, status }, "an operator acted");
  });
}

function outcomeOf(status: number): "done" | "refused" | "failed" {
  if (status < 400) return "done";
  return status < 500 ? "refused" : "failed";
}
