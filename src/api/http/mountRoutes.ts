import express, { type Express, type Request, type RequestHandler, type Response } from "express";
import type { Logger } from "pino";
import type { z } from "zod";
import type { TokenVerifier } from "../../auth/tokenVerifier.js";
import { type Caller, UNCHECKED_CALLER } from "../../domain/caller.js";
import type { HttpLimits } from "../../domain/httpLimits.js";
import type { IdempotentRequest } from "../../domain/idempotentRequest.js";
import { canonicalJson } from "../../domain/schemaParts.js";
import { sha256 } from "../../domain/sha256.js";
import { invalid, WmsError } from "../../domain/wmsError.js";
import { createRateLimitHandlers, type RateLimiter } from "./rateLimit.js";
import { parseBody, validate, validateBody } from "./requestBody.js";
import { requestContextOf } from "./requestContext.js";
import { bodyTooLarge, HttpError, sendJson, sendJsonChunks } from "./responses.js";
import type { Route } from "./route.js";

/**
 * Authenticates a request that a page of this service sends for a signed-in operator.
 *
 * @returns undefined for a request without valid operator credentials
 * @throws HttpError 403 when another site's page made the browser send the request
 */
export type BrowserAuthenticator = (request: Request, response: Response) => Promise<Caller | undefined>;

/** How the API authenticates its callers. */
export type ApiAuthentication =
  /** No authentication: every caller is {@link UNCHECKED_CALLER}. */
  | { kind: "open" }
  /** Bearer tokens; requests of the page at `/` may authenticate as an operator instead. */
  | { kind: "tokens"; verifyToken: TokenVerifier; authenticateBrowser: BrowserAuthenticator };

/** Adds routes to an app: authorization, rate limit, body, validation, handler, response. Other methods get a 405. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  {
    authentication,
    limits,
    rateLimiter,
    log,
  }: { authentication: ApiAuthentication; limits: HttpLimits; rateLimiter?: RateLimiter | undefined; log: Logger },
): void {
  const bodyReaders = createBodyReaders(limits.bodyBytes);
  const limitRate = rateLimiter === undefined ? [] : createRateLimitHandlers(rateLimiter);
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  for (const [path, siblings] of byPath) {
    const mounted = app.route(path.replace(/\{(\w+)\}/g, ":$1"));
    const rejectOtherMethods = rejectMethod(siblings.map(allowedMethodsOf).join(", "));
    for (const route of siblings) {
      // Express would call the GET handler for a HEAD.
      if (route.getHasSideEffects) mounted.head(rejectOtherMethods);
      mounted[route.method](
        createAuthorizer(authentication, route),
        ...(route.roles === "anyone" ? [] : limitRate),
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

/** Creates the handler that authenticates and authorizes the callers of a route. It runs before the body is read. */
function createAuthorizer(authentication: ApiAuthentication, { path, roles, tag }: Route): RequestHandler {
  if (authentication.kind === "open")
    return (_request, response, next) => {
      const context = requestContextOf(response);
      context.route = path;
      context.caller = UNCHECKED_CALLER;
      next();
    };
  const { verifyToken, authenticateBrowser } = authentication;
  const authenticate = async (request: Request, response: Response): Promise<Caller> => {
    // The page never sends requests of a TMS.
    const usesToken = hasBearerToken(request) || tag === "tms - internal";
    const operator = usesToken ? undefined : await authenticateBrowser(request, response);
    return operator ?? verifyToken(bearerTokenOf(request)).catch(throwInvalidToken);
  };
  return async (request, response, next) => {
    const context = requestContextOf(response);
    context.route = path;
    if (roles !== "anyone") {
      const caller = await authenticate(request, response);
      context.caller = caller;
      if (!roles.some((role) => caller.roles.has(role)))
        throw new HttpError(403, `only for the role ${roles.join(" or ")}`, bearerChallenge("insufficient_scope"));
    }
    next();
  };
}

const BEARER_PATTERN = /^Bearer +([\w.~+/-]+=*) *$/i;

const hasBearerToken = ({ headers: { authorization = "" } }: Request): boolean => /^Bearer\b/i.test(authorization);

function bearerTokenOf(request: Request): string {
  if (!hasBearerToken(request)) throw new WmsError("unauthenticated", "a bearer token is needed");
  const token = BEARER_PATTERN.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) throw new HttpError(401, "Authorization: no bearer token", bearerChallenge("invalid_token"));
  return token;
}

/** RFC 6750, section 3.1, requires `invalid_token` in the challenge for an invalid token. */
function throwInvalidToken(error: unknown): never {
  if (error instanceof WmsError && error.kind === "unauthenticated")
    throw new HttpError(401, error.message, bearerChallenge("invalid_token"));
  throw error;
}

const bearerChallenge = (error: string) => ({ "www-authenticate": `Bearer error="${error}"` });

/**
 * Creates the handlers that read the bytes of a body, whatever its content type. `express.json` would reject bodies
 * for the charset of a content type that has no meaning here.
 *
 * The first handler rejects a body by its `Content-Length`. Express would first wait for all of it, and the client
 * would get no response until the time limit. Node discards the rest.
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
      // A caller with both roles counts as a user.
      source: caller?.roles.has("system-tms") && !caller.roles.has("user") ? "TMS" : "USER",
      idempotentRequest: route.isIdempotent && parseIdempotencyKey(request, caller, body),
      log: () => log.child({ request: requestContextOf(response).id }),
    });
    if (typeof result === "string") sendJson(response, 200, result);
    else if ("stream" in result) await result.stream(request, response);
    else {
      const { status = 200, text, replayed = false } = "text" in result ? result : { text: result };
      const headers = replayed ? { "idempotency-replayed": "true" } : {};
      if (typeof text === "string") sendJson(response, status, text, headers);
      else await sendJsonChunks(response, status, text, headers);
    }
  };
}

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

/**
 * Identifies a request by its `Idempotency-Key`, its path and its caller.
 *
 * @param body the validated body; the order of keys in objects does not matter
 * @returns `undefined` for a request without a key
 * @throws WmsError `invalid` for a malformed key
 */
function parseIdempotencyKey(
  { headers, path }: Request,
  caller: Caller | undefined,
  body: unknown,
): IdempotentRequest | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  // Node joins repeated headers with a comma and a blank, which the pattern rejects.
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalid("Idempotency-Key: expected 1 to 255 visible ASCII characters, once");
  const name = sha256(`${path}\n${key}\n${caller?.subject ?? ""}`).toString("hex");
  return { name, digest: sha256(canonicalJson(body)).toString("hex") };
}

/** Creates a handler that responds with 405. @param allow the methods of the path */
export const rejectMethod =
  (allow: string): RequestHandler =>
  ({ method }) => {
    throw new HttpError(405, `method not allowed: ${method}; allowed: ${allow}`, { allow });
  };
