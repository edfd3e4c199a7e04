import { type Request, type RequestHandler, type Response, Router } from "express";
import type { Logger } from "pino";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import { operatorCaller } from "../../domain/caller.js";
import type { AuditTrail } from "../../store/auditTrail.js";
import type { BrowserAuthenticator } from "../http/mountRoutes.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError, toHttpError } from "../http/responses.js";
import { createApiAudit } from "./audit.js";
import { acceptsHtml, type PageLink, sendErrorPage, sendHtmlPage } from "./htmlPage.js";

/** A method by which operators authenticate. */
export interface OperatorAuthenticator {
  /** @returns the name of the operator who sends the request; undefined without valid credentials */
  authenticate(request: Request): Promise<string | undefined>;
  /**
   * Asks a client without valid credentials to sign in, for example by a redirect.
   *
   * @throws HttpError or WmsError when this request can't lead to a login
   */
  challenge(request: Request, response: Response): Promise<void>;
  /** Pages of the login itself, which need no credentials. */
  pages?: Router;
  /** A POST to this path signs out; undefined: signing out is not possible. */
  logoutPath?: string;
}

/** Restricts the pages under `/admin` to operators. */
export interface OperatorGuard {
  /** Login, logout and the page `/admin/`. It is mounted at `/admin`, before all other pages there. */
  router: Router;
  /** Lets operators pass, and sets the caller of the request context. It is mounted before the pages of operators. */
  guard: RequestHandler;
  /** A POST to this path signs out; undefined: signing out is not possible. */
  logoutPath: string | undefined;
}

/**
 * Creates the guard of the operator pages.
 *
 * @param options.publicOrigin the service's origin in browsers; undefined: the origin of the request's `Host`
 * @param options.links links of the page `/admin/`
 */
export function createOperatorGuard(
  authenticator: OperatorAuthenticator,
  { publicOrigin, links }: { publicOrigin: string | undefined; links: readonly PageLink[] },
): OperatorGuard {
  const requireSameOrigin: RequestHandler = withErrorPage(async (request, response, next) => {
    requestContextOf(response).route ??= "/admin/";
    if (!isSafeOrSameOrigin(request, publicOrigin))
      throw new HttpError(
        403,
        "only pages of this service may send this request; check that PUBLIC_URL is the address in the browser",
      );
    next();
  });
  const requireOperator: RequestHandler = withErrorPage(async (request, response, next) => {
    const name = await authenticator.authenticate(request);
    if (name === undefined) return authenticator.challenge(request, response);
    requestContextOf(response).caller = operatorCaller(name);
    next();
  });

  const router = Router({ strict: true });
  router.use(requireSameOrigin);
  if (authenticator.pages !== undefined) router.use(authenticator.pages);
  router.get("/", requireOperator, (_request, response) => {
    const text = `You are signed in as ${requestContextOf(response).caller?.subject}.`;
    const button = authenticator.logoutPath && { label: "Sign out", href: authenticator.logoutPath };
    sendHtmlPage(response, { title: "Operators", text, links, ...(button && { button }) });
  });
  const guard = Router();
  guard.use(requireSameOrigin, requireOperator);
  return { router, guard, logoutPath: authenticator.logoutPath };
}

/**
 * Gives the page at `/` the role of a user when an operator is signed in, and audits its changes. The trail leaves out those
 * of foreign pages, which could fill it.
 */
export function createBrowserAuthenticator(
  authenticator: OperatorAuthenticator,
  publicOrigin: string | undefined,
  log: Logger,
  trail: AuditTrail,
): BrowserAuthenticator {
  const audit = createApiAudit(log, trail);
  return async (request, response) => {
    const { cookie, authorization } = request.headers;
    if (cookie === undefined && authorization === undefined) return undefined;
    const subject = await authenticator.authenticate(request);
    if (subject === undefined) return undefined;
    const isOwnPage = isSafeOrSameOrigin(request, publicOrigin);
    audit(subject, request, response, isOwnPage);
    if (!isOwnPage) throw new HttpError(403, "without a token, only pages of this service may send this request");
    return { subject, roles: new Set(["operator", "user"]) };
  };
}

/** Shows the errors of a handler as a page in browsers. Scripts get the JSON errors of the API. */
export const withErrorPage =
  (handler: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler =>
  async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      const httpError = toHttpError(error);
      if (!acceptsHtml(request) || httpError.status === 500) throw error;
      sendErrorPage(response, httpError);
    }
  };
