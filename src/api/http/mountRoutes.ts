import express, { type Express, type Request, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { z } from "zod";
import type { Caller } from "../../domain/caller.js";
import type { HttpLimits } from "../../domain/httpLimits.js";
import type { RouteAuthorizer } from "./authorize.js";
import { parseIdempotencyKey } from "./idempotencyKey.js";
import { createRateLimitHandlers, type RateLimiter } from "./rateLimit.js";
import { parseBody } from "./requestBody.js";
import { requestContextOf } from "./requestContext.js";
import { bodyTooLarge, HttpError, sendJson, sendJsonChunks } from "./responses.js";
import type { Route } from "./route.js";
import { validate, validateBody } from "./validation.js";

interface RouteMountOptions {
  authorize: RouteAuthorizer;
  limits: HttpLimits;
  rateLimiter: RateLimiter | undefined;
  log: Logger;
}

/** Adds routes to an app: authorization, rate limit, body, validation, handler, response. Other methods get a 405. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  { authorize, limits, rateLimiter, log }: RouteMountOptions,
): void {
  const bodyReaders = createBodyReaders(limits.bodyBytes);
  const limitRate = rateLimiter === undefined ? [] : createRateLimitHandlers(rateLimiter);
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  for (const [path, siblings] of byPath) {
    const mounted = app.route(path.replace(/\{(\w+)\}/g, ":$1"));
    const rejectOtherMethods = rejectMethod(siblings.map(allowedMethodsOf));
    for (const route of siblings) {
      // Express would call the GET handler for a HEAD.
      if (route.getHasSideEffects) mounted.head(rejectOtherMethods);
      const rateLimitHandlers = route.roles === "anyone" ? [] : limitRate;
      mounted[route.method](
        authorize(route),
        ...rateLimitHandlers,
        ...bodyReaders,
        createRouteHandler(route, limits.bodyValues, log),
      );
    }
    mounted.all(rejectOtherMethods);
  }
}

function allowedMethodsOf({ method, getHasSideEffects }: Route): string {
  if (method === "post") return "POST";
  return getHasSideEffects ? "GET" : "GET, HEAD";
}

/**
 * Creates the handlers that read the bytes of a body, whatever its content type. `express.json` would reject bodies
 * for the charset of a content type that has no meaning here.
 *
 * The first handler rejects a body by its `Content-Length`. Express would first wait for all of it, and the client
 * would get no answer until the time limit. Node discards the rest.
 *
 * @param maxBytes the largest allowed body after decompression
 */
const createBodyReaders = (maxBytes: number): RequestHandler[] => [
  ({ headers }, _response, next) =>
    next(Number(headers["content-length"]) > maxBytes ? bodyTooLarge(maxBytes) : undefined),
  express.raw({ limit: maxBytes, type: () => true }),
];

function createRouteHandler(route: Route, maxValues: number, log: Logger): RequestHandler {
  return async (request, response) => {
    const json = request.body === undefined ? {} : await parseBody(request.body, maxValues);
    const body = route.body && (await validateBody(route.body.schema, json));
    const { caller } = requestContextOf(response);
    const result = await route.handle({
      params: request.params as Record<string, string>,
      query: route.query && validate(route.query, pickDeclaredParameters(request, route.query)),
      body,
      headers: route.headers && validate(route.headers, request.headers),
      source: sourceOf(caller),
      idempotentRequest: route.isIdempotent && parseIdempotencyKey(request, caller, body),
      log: () => log.child({ request: requestContextOf(response).id }),
    });
    if (typeof result === "string") sendJson(response, 200, result);
    else if ("stream" in result) await result.stream(request, response);
    else {
      const { status, text, headers } = "text" in result ? result : { status: 200, text: result };
      if (typeof text === "string") sendJson(response, status, text, { headers });
      else await sendJsonChunks(response, status, text, headers);
    }
  };
}

/** A caller with both roles counts as a user. */
const sourceOf = (caller: Caller | undefined): "USER" | "TMS" =>
  caller?.roles.has("system-tms") && !caller.roles.has("user") ? "TMS" : "USER";

/** A repeated parameter becomes an array, which no schema accepts, because its meaning is ambiguous. */
function pickDeclaredParameters({ url }: Request, schema: z.ZodObject): Record<string, string | string[]> {
  const queryStart = url.indexOf("?");
  const given = new URLSearchParams(queryStart === -1 ? "" : url.slice(queryStart + 1));
  return Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const [first, ...more] = given.getAll(name);
      return first === undefined ? [] : [[name, more.length === 0 ? first : [first, ...more]]];
    }),
  );
}

/** Creates a handler that answers 405. @param allowed the methods of the path */
export const rejectMethod =
  (allowed: readonly string[]): RequestHandler =>
  ({ method }) => {
    const allow = allowed.join(", ");
    throw new HttpError(405, `method not allowed: ${method}; allowed: ${allow}`, { allow });
  };
