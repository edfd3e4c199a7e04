import type { Express, Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import type { z } from "zod";
import type { TokenVerifier } from "../../auth/tokenVerifier.js";
import { type Caller, seesOperatorDetails, UNCHECKED_CALLER } from "../../domain/caller.js";
import type { HttpLimits } from "../../domain/httpLimits.js";
import { truncateText } from "../../domain/truncateText.js";
import { WmsError } from "../../domain/wmsError.js";
import type { EarlyIds } from "../../store/earlyIds.js";
import { BodyReader } from "./bodyReader.js";
import { missingRoleMessage } from "./missingRole.js";
import { holdsEarlyId, storedPathIds } from "./pathIds.js";
import { callerKeyOf, createRateLimitHandlers, type RateLimiter } from "./rateLimit.js";
import { identifyRequest, responseEndOf } from "./repeatableRequest.js";
import { requestContextOf } from "./requestContext.js";
import { disconnectSignal, HttpError, sendLongJson } from "./responses.js";
import type { Route } from "./route.js";
import { validate } from "./validateBody.js";

/**
 * Authenticates a request that a page of this service sends for a signed-in person.
 *
 * @returns undefined for a request without valid credentials of a page
 * @throws HttpError 403 when another site's page made the browser send the request
 */
export type BrowserAuthenticator = (request: Request, response: Response) => Promise<Caller | undefined>;

/** How the API authenticates its callers. */
export type ApiAuthentication =
  /** No authentication: every caller is {@link UNCHECKED_CALLER}. */
  | { kind: "open" }
  /** Bearer tokens; requests of the page at `/` may authenticate by a login instead. */
  | { kind: "tokens"; verifyToken: TokenVerifier; authenticateBrowser: BrowserAuthenticator };

/** Adds routes to an app: authorization, rate limit, body, validation, handler, response. Other methods get a 405. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  {
    authentication,
    earlyIds,
    limits,
    rateLimiter,
    log,
  }: {
    authentication: ApiAuthentication;
    /** Undefined: no path holds an id of an entity. */
    earlyIds?: Pick<EarlyIds, "find">;
    limits: HttpLimits;
    rateLimiter?: RateLimiter | undefined;
    log: Logger;
  },
): void {
  const bodyReader = new BodyReader();
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
        createRouteHandler(route, { bodyReader, earlyIds, limits, log }),
      );
    }
    mounted.all(rejectOtherMethods);
  }
}

function allowedMethodsOf({ method, getHasSideEffects }: Route): string {
  if (method !== "get") return method.toUpperCase();
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
    const signedIn = usesToken ? undefined : await authenticateBrowser(request, response);
    if (signedIn !== undefined)
      requestContextOf(response).isSignedIn = async () => (await authenticateBrowser(request, response)) !== undefined;
    return signedIn ?? verifyToken(bearerTokenOf(request)).catch(throwInvalidToken);
  };
  return async (request, response, next) => {
    const context = requestContextOf(response);
    context.route = path;
    if (roles !== "anyone") {
      const caller = await authenticate(request, response);
      context.caller = caller;
      if (!roles.some((role) => caller.roles.has(role))) {
        // A browser with a session has no token to replace.
        if (context.isSignedIn !== undefined) throw new HttpError(403, missingRoleMessage(roles, caller, "session"));
        throw new HttpError(403, missingRoleMessage(roles, caller, "token"), bearerChallenge("insufficient_scope"));
      }
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

interface RouteHandlerParts {
  bodyReader: BodyReader;
  earlyIds: Pick<EarlyIds, "find"> | undefined;
  limits: HttpLimits;
  log: Logger;
}

function createRouteHandler(route: Route, { bodyReader, earlyIds, limits, log }: RouteHandlerParts): RequestHandler {
  const bodyLimits = route.bodyLimits?.(limits) ?? { bytes: limits.bodyBytes, values: limits.bodyValues };
  return async (request, response) => {
    const { body, bodyDigest } = await bodyReader.read(route, bodyLimits, request, response);
    const context = requestContextOf(response);
    const { caller, isSignedIn } = context;
    const query = route.query && validate(route.query, pickDeclaredParameters(request, route.query));
    if (route.loggedQuery !== undefined) context.loggedQuery = pickLogged(query ?? {}, route.loggedQuery);
    const onEnd = responseEndOf(response);
    const params = request.params as Record<string, string>;
    const result = await route.handle({
      params: holdsEarlyId(params) && earlyIds !== undefined ? await storedPathIds(params, earlyIds) : params,
      query,
      body,
      headers: route.headers && validate(route.headers, request.headers),
      // A caller with both roles counts as a user.
      source: caller?.roles.has("system-tms") && !caller.roles.has("user") ? "TMS" : "USER",
      caller: caller ?? NO_CALLER,
      client: clientOf(request),
      seesOperatorDetails: seesOperatorDetails(caller),
      callerKey: callerKeyOf(request, caller),
      signal: () => disconnectSignal(response),
      isSignedIn,
      repeatable: route.isRepeatable && (await identifyRequest({ request, caller, body, bodyDigest, onEnd })),
      onEnd,
      log: () => log.child({ request: requestContextOf(response).id }),
    });
    if (typeof result !== "string" && "stream" in result) return result.stream(request, response);
    const isText = typeof result === "string" || !("text" in result);
    const { status = 200, text, replayed = false, headers: own = {} } = isText ? { text: result } : result;
    const headers = replayed ? { ...own, "idempotency-replayed": "true" } : own;
    await sendLongJson(response, status, typeof text === "string" ? [text] : text, headers);
  };
}

const NO_CALLER: Caller = { subject: "", roles: new Set() };
/** Characters of a program's name. */
const MAX_CLIENT_CHARS = 200;

const clientOf = ({ headers }: Request): string | null =>
  headers["user-agent"] === undefined ? null : truncateText(headers["user-agent"], MAX_CLIENT_CHARS);

/** Characters of a parameter in the log: a client can send many thousands. */
const MAX_LOGGED_CHARS = 255;

/** Returns the given ones of some parameters, shortened for the log. */
const pickLogged = (query: Record<string, unknown>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = query[name];
      return value === undefined ? [] : [[name, truncateText(String(value), MAX_LOGGED_CHARS)]];
    }),
  );

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

/** Creates a handler that responds with 405. @param allow the methods of the path */
export const rejectMethod =
  (allow: string): RequestHandler =>
  ({ method }) => {
    throw new HttpError(405, `method not allowed: ${method}; allowed: ${allow}`, { allow });
  };
