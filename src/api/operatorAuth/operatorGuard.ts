import { type Request, type RequestHandler, type Response, Router } from "express";
import type { Logger } from "pino";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import { type Caller, displayNameOf } from "../../domain/caller.js";
import type { AuditTrail } from "../../store/auditTrail.js";
import { missingRoleMessage } from "../http/missingRole.js";
import type { BrowserAuthenticator } from "../http/mountRoutes.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError, toHttpError } from "../http/responses.js";
import { createApiAudit } from "./audit.js";
import { acceptsHtml, type PageLink, sendErrorPage, sendHtmlPage } from "./htmlPage.js";

/** A method by which people authenticate at the pages. */
export interface PageAuthenticator {
  /** @returns the person who sends the request; undefined without valid credentials */
  authenticate(request: Request): Promise<Caller | undefined>;
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
  /** Returns the link to sign in as another person, who returns to the page of the request. */
  switchAccountLink?(request: Request): PageLink;
}

/** Restricts the page at `/` to signed-in people, and the pages under `/admin` to operators. */
export interface OperatorGuard {
  /** Login, logout and the page `/admin/`. It is mounted at `/admin`, before all other pages there. */
  router: Router;
  /** Lets operators pass, and sets the caller of the request context. It is mounted before the pages of operators. */
  guard: RequestHandler;
  /** Lets all signed-in people pass, and sets the caller of the request context. It is mounted before the page at `/`. */
  pageGuard: RequestHandler;
  /** A POST to this path signs out; undefined: signing out is not possible. */
  logoutPath: string | undefined;
}

/**
 * Creates the guards of the pages.
 *
 * @param options.publicOrigin the service's origin in browsers; undefined: the origin of the request's `Host`
 * @param options.links links of the page `/admin/`
 */
export function createOperatorGuard(
  authenticator: PageAuthenticator,
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
  const requireSignIn: RequestHandler = withErrorPage(async (request, response, next) => {
    const caller = await authenticator.authenticate(request);
    if (caller === undefined) return authenticator.challenge(request, response);
    requestContextOf(response).caller = caller;
    next();
  });
  const signOutButton = authenticator.logoutPath && { label: "Sign out", href: authenticator.logoutPath };
  const requireOperatorRole: RequestHandler = (request, response, next) => {
    const { caller } = requestContextOf(response);
    if (caller === undefined || caller.roles.has("operator")) return next();
    const refusal = new HttpError(403, missingRoleMessage(["operator"], caller, "session"));
    if (!acceptsHtml(request)) throw refusal;
    const switchAccountLink = authenticator.switchAccountLink?.(request);
    sendErrorPage(response, refusal, {
      advice: OPERATOR_ADVICE,
      links: [{ label: "Workflows and schedds", href: "/" }, ...(switchAccountLink ? [switchAccountLink] : [])],
      ...(signOutButton && { button: signOutButton }),
    });
  };

  const router = Router({ strict: true });
  router.use(requireSameOrigin);
  if (authenticator.pages !== undefined) router.use(authenticator.pages);
  router.get("/", requireSignIn, requireOperatorRole, (_request, response) => {
    const { caller } = requestContextOf(response);
    const text = `You are signed in as ${caller && displayNameOf(caller)}.`;
    sendHtmlPage(response, { title: "Operators", text, links, ...(signOutButton && { button: signOutButton }) });
  });
  const pageGuard = Router();
  pageGuard.use(requireSameOrigin, requireSignIn);
  const guard = Router();
  guard.use(pageGuard, requireOperatorRole);
  return { router, guard, pageGuard, logoutPath: authenticator.logoutPath };
}

const OPERATOR_ADVICE = "Sign in with an account that has the role of operators, or ask for this role.";

/**
 * Gives the page at `/` the roles of the signed-in person, and audits its changes. An operator may also do there what users
 * may. The trail leaves out the changes by foreign pages, which could fill it.
 */
export function createBrowserAuthenticator(
  authenticator: PageAuthenticator,
  publicOrigin: string | undefined,
  log: Logger,
  trail: AuditTrail,
): BrowserAuthenticator {
  const audit = createApiAudit(log, trail);
  return async (request, response) => {
    const { cookie, authorization } = request.headers;
    if (cookie === undefined && authorization === undefined) return undefined;
    const caller = await authenticator.authenticate(request);
    if (caller === undefined) return undefined;
    const isOwnPage = isSafeOrSameOrigin(request, publicOrigin);
    audit(caller, request, response, isOwnPage);
    if (!isOwnPage) throw new HttpError(403, "without a token, only pages of this service may send this request");
    return caller.roles.has("operator") ? { ...caller, roles: new Set([...caller.roles, "user"]) } : caller;
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
