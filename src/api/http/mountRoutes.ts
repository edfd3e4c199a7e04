import type { Express, Request, RequestHandler } from "express";
import type { Logger } from "pino";
import type { z } from "zod";
import type { Caller } from "../../domain/caller.js";
import type { Limits } from "../../domain/httpLimits.js";
import type { Admission } from "./authorize.js";
import { sendJson, sendJsonPieces } from "./jsonResponses.js";
import { parseBody, readBody } from "./requestBody.js";
import { HttpError } from "./httpErrors.js";
import { exchangeOf } from "./requestContext.js";
import { idempotencyOf } from "./idempotencyKey.js";
import { type Allowance, rateLimit } from "./rateLimit.js";
import type { Route } from "./route.js";
import { validate, validateBody } from "./validation.js";

/** What stands before the routes. */
interface Door {
  admit: Admission;
  limits: Limits;
  allowance: Allowance | undefined;
  log: Logger;
}

/** Puts routes into an app: each admits, parses, validates, calls and answers. A path's other methods get a 405. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  { admit, limits, allowance, log }: Door,
): void {
  const read = readBody(limits.bodyBytes);
  const limitRate = allowance === undefined ? [] : rateLimit(allowance);
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  for (const [path, siblings] of byPath) {
    const mounted = app.route(path.replace(/\{(\w+)\}/g, ":$1"));
    const refuse = refuseMethod(siblings.map(methodsOf));
    for (const route of siblings) {
      // Express would have GET's handler answer a HEAD.
      if (route.takes) mounted.head(refuse);
      const limited = route.roles === "anyone" ? [] : limitRate;
      mounted[route.method](admit(route), ...limited, ...read, serve(route, limits.bodyValues, log));
    }
    mounted.all(refuse);
  }
}

function methodsOf({ method, takes }: Route): string {
  if (method === "post") return "POST";
  return takes ? "GET" : "GET, HEAD";
}

function serve(route: Route, mostValues: number, log: Logger): RequestHandler {
  return async (request, response) => {
    const sent = request.body === undefined ? {} : await parseBody(request.body, mostValues);
    const body = route.body && (await validateBody(route.body.schema, sent));
    const { caller } = exchangeOf(response);
    const answer = await route.answer({
      params: request.params as Record<string, string>,
      query: route.query && validate(route.query, declaredParameters(request, route.query)),
      body,
      headers: route.headers && validate(route.headers, request.headers),
      by: countsAs(caller),
      once: route.idempotent && idempotencyOf(request, caller, body),
      log: () => log.child({ request: exchangeOf(response).id }),
    });
    if (typeof answer === "string") sendJson(response, 200, answer);
    else if ("stream" in answer) await answer.stream(request, response);
    else {
      const { status, text, headers } = "text" in answer ? answer : { status: 200, text: answer };
      if (typeof text === "string") sendJson(response, status, text, { headers });
      else await sendJsonPieces(response, status, text, headers);
    }
  };
}

/** Whoever is a user too acts as one. */
const countsAs = (caller: Caller | undefined): "USER" | "TMS" =>
  caller?.roles.has("system-tms") && !caller.roles.has("user") ? "TMS" : "USER";

/** One that is given several times is an array, and so no string: which of them is meant can't be told. */
function declaredParameters({ url }: Request, schema: z.ZodObject): Record<string, string | string[]> {
  const question = url.indexOf("?");
  const given = new URLSearchParams(question === -1 ? "" : url.slice(question + 1));
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const [first, ...more] = given.getAll(name);
      return first === undefined ? [] : [[name, more.length === 0 ? first : [first, ...more]]];
    }),
  );
}

/** Answers a method that a path does not have. @param allowed those that it has */
export const refuseMethod =
  (allowed: readonly string[]): RequestHandler =>
  ({ method }) => {
    const allow = allowed.join(", ");
    throw new HttpError(405, `method not allowed: ${method}; allowed: ${allow}`, { allow });
  };
