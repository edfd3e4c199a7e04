import type { Request, RequestHandler } from "express";
import type { TokenCheck } from "../access/tokens.js";
import { ANYBODY } from "../domain/caller.js";
import { WmsError } from "../domain/errors.js";
import { HttpError } from "./errors.js";
import { exchangeOf } from "./exchange.js";
import type { Route } from "./route.js";

/** Decides who may go on to a route. Mounted before the body is read. */
export type Admission = (route: Route) => RequestHandler;

/** Admits whoever has one of a route's roles. @param check undefined: tokens are not checked, and everybody has them all */
export const admission =
  (check: TokenCheck | undefined): Admission =>
  ({ path, roles }) => {
    if (check === undefined)
      return (_request, response, next) => {
        const exchange = exchangeOf(response);
        exchange.route = path;
        exchange.caller = ANYBODY;
        next();
      };
    return async (request, response, next) => {
      const exchange = exchangeOf(response);
      exchange.route = path;
      if (roles !== "anyone") {
        exchange.caller = await check(tokenOf(request)).catch(refuse);
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

function tokenOf({ headers: { authorization } }: Request): string {
  if (authorization === undefined || !/^Bearer\b/i.test(authorization))
    throw new WmsError("unauthenticated", "a bearer token is needed");
  const [, token] = BEARER.exec(authorization) ?? [];
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
