import type { Request, RequestHandler, Response } from "express";
import type { TokenCheck } from "../../auth/tokenVerifier.js";
import { ANYBODY, type Caller } from "../../domain/caller.js";
import { WmsError } from "../../domain/wmsError.js";
import type { PageCaller } from "../operatorAuth/browserAuthenticator.js";
import { HttpError } from "./httpErrors.js";
import { exchangeOf } from "./requestContext.js";
import type { Route } from "./route.js";

/** Decides who may go on to a route. Mounted before the body is read. */
export type Admission = (route: Route) => RequestHandler;

/**
 * Admits whoever has one of a route's roles.
 *
 * @param check undefined: tokens are not checked, and everybody has them all
 * @param askPage who asks from a page of this service instead of with a token; the TMS does so from none
 */
export const admission =
  (check: TokenCheck | undefined, askPage: PageCaller = async () => undefined): Admission =>
  ({ path, roles, tag }) => {
    if (check === undefined)
      return (_request, response, next) => {
        const exchange = exchangeOf(response);
        exchange.route = path;
        exchange.caller = ANYBODY;
        next();
      };
    const identify = async (request: Request, response: Response): Promise<Caller> => {
      const onPage =
        hasBearer(request) || tag === "tms - internal" ? undefined : await askPage(request, response);
      return onPage ?? check(tokenOf(request)).catch(refuse);
    };
    return async (request, response, next) => {
      const exchange = exchangeOf(response);
      exchange.route = path;
      if (roles !== "anyone") {
        exchange.caller = await identify(request, response);
        if (!roles.some((role) => exchange.caller?.roles.has(role)))
          throw new HttpError(
            403,
            `only for the role ${roles.join(" or ")}`,
            challenge("insufficient_scope"),
          );
      }
      next();
    };
  };

const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

const hasBearer = ({ headers: { authorization = "" } }: Request): boolean => /^Bearer\b/i.test(authorization);

function tokenOf(request: Request): string {
  if (!hasBearer(request)) throw new WmsError("unauthenticated", "a bearer token is needed");
  const [, token] = BEARER.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined)
    throw new HttpError(401, "Authorization: no bearer token", challenge("invalid_token"));
  return token;
}

/** RFC 6750, section 3.1: whoever sent a token is told that it was the token. */
function refuse(error: unknown): never {
  if (error instanceof WmsError && error.kind === "unauthenticated")
    throw new HttpError(401, error.message, challenge("invalid_token"));
  throw error;
}

const challenge = (error: string) => ({ "www-authenticate": `Bearer error="${error}"` });
