import type { Request, RequestHandler, Response } from "express";
import type { TokenVerifier } from "../../auth/tokenVerifier.js";
import { type Caller, UNCHECKED_CALLER } from "../../domain/caller.js";
import { WmsError } from "../../domain/wmsError.js";
import { requestContextOf } from "./requestContext.js";
import { HttpError } from "./responses.js";
import type { Route } from "./route.js";

/**
 * Who asks the API from a page of this service: whoever the operators' door recognizes, as operator and user.
 *
 * @returns undefined for a request that shows nothing which opens the door
 * @throws HttpError 403 when another site had the browser ask
 */
export type BrowserAuthenticator = (request: Request, response: Response) => Promise<Caller | undefined>;

/** Decides who may go on to a route. Mounted before the body is read. */
export type RouteAuthorizer = (route: Route) => RequestHandler;

/**
 * Admits whoever has one of a route's roles.
 *
 * @param verifyToken undefined: tokens are not checked, and everybody has them all
 * @param authenticateBrowser who asks from a page of this service instead of with a token; the TMS does so from none
 */
export const createRouteAuthorizer =
  (
    verifyToken: TokenVerifier | undefined,
    authenticateBrowser: BrowserAuthenticator = async () => undefined,
  ): RouteAuthorizer =>
  ({ path, roles, tag }) => {
    if (verifyToken === undefined)
      return (_request, response, next) => {
        const context = requestContextOf(response);
        context.route = path;
        context.caller = UNCHECKED_CALLER;
        next();
      };
    const identify = async (request: Request, response: Response): Promise<Caller> => {
      const onPage =
        hasBearerToken(request) || tag === "tms - internal" ? undefined : await authenticateBrowser(request, response);
      return onPage ?? verifyToken(bearerTokenOf(request)).catch(throwInvalidToken);
    };
    return async (request, response, next) => {
      const exchange = requestContextOf(response);
      exchange.route = path;
      if (roles !== "anyone") {
        exchange.caller = await identify(request, response);
        if (!roles.some((role) => exchange.caller?.roles.has(role)))
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
