import type { Request, Response } from "express";
import type { Logger } from "pino";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import type { Caller } from "../../domain/caller.js";
import { HttpError } from "../http/httpErrors.js";
import { exchangeOf } from "../http/requestContext.js";
import type { Door } from "./operatorGuard.js";

/**
 * Who asks the API from a page of this service: whoever the operators' door recognizes, as operator and user.
 *
 * @returns undefined for a request that shows nothing which opens the door
 * @throws HttpError 403 when another site had the browser ask
 */
export type PageCaller = (request: Request, response: Response) => Promise<Caller | undefined>;

/** Routes that are asked with a POST, and change nothing. */
const QUERIES = /^\/v1\/query\//;

/** Lets the page at `/` do what a user may, in the name of an operator, and logs what it changes. */
export function pageCaller(door: Door, publicUrl: string | undefined, log: Logger): PageCaller {
  // Who turns the log down wants less noise, not less audit.
  const audit = log.child({ audit: true }, log.level === "silent" ? {} : { level: "info" });
  return async (request, response) => {
    const { cookie, authorization } = request.headers;
    if (cookie === undefined && authorization === undefined) return undefined;
    const subject = await door.recognize(request);
    if (subject === undefined) return undefined;
    if (isAct(request)) auditAct(audit, subject, request, response);
    if (!isSafeOrSameOrigin(request, publicUrl))
      throw new HttpError(403, "only pages of this service may ask for that without a token");
    return { subject, roles: new Set(["operator", "user"]) };
  };
}

const isAct = ({ method, path }: Request): boolean =>
  method !== "GET" && method !== "HEAD" && !QUERIES.test(path);

/** Once it is answered, the log tells who did what, from where, and what came of it. */
function auditAct(audit: Logger, operator: string, request: Request, response: Response): void {
  const { method, ip: address, path } = request;
  const exchange = exchangeOf(response);
  response.once("close", () => {
    const { id, route: action } = exchange;
    const status = response.statusCode;
    const outcome = response.writableFinished ? outcomeOf(status) : "unknown";
    audit.info(
      { operator, address, request: id, action, method, path, outcome, status },
      "an operator acted",
    );
  });
}

function outcomeOf(status: number): "done" | "refused" | "failed" {
  if (status < 400) return "done";
  return status < 500 ? "refused" : "failed";
}
