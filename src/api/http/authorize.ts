import type { Request, RequestHandler, Response } from "express";
import type { TokenVerifier } from "../../auth/tokenVerifier.js";
import { type Caller, UNCHECKED_CALLER } from "../../domain/caller.js";
import { WmsError } from "../../domain/wmsError.js";
import { requestContextOf } from "./requestContext.js";
import { HttpError } from "./responses.js";
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

/** Makes the handler that authenticates and authorizes the callers of a route. It runs before the body is read. */
export type RouteAuthorizer = (route: Route) => RequestHandler;

/** Lets callers pass that have one of a route's roles. */
export const createRouteAuthorizer =
  (authentication: ApiAuthentication): RouteAuthorizer =>
  ({ path, roles, tag }) => {
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
  };

const BEARER_PATTERN = /^Bearer +([\w.~+/-]+=*) *$/i;

const hasBearerToken = ({ headers: { authorization = "" } }: Request): boolean => /^Bearer\b/i.test(authorization);

function bearerTokenOf(request: Request): string {
  if (!hasBearerToken(request)) throw new WmsError("unauthenticated", "a bearer token is needed");
  const [, token] = BEARER_PATTERN.exec(request.headers.authorization ?? "") ?? [];
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
