import { type Request, type RequestHandler, type Response, Router } from "express";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import type { Caller } from "../../domain/caller.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError, toHttpError } from "../http/responses.js";
import { type PageLink, sendErrorPage, sendHtmlPage } from "./htmlPage.js";

/** One way in for operators. */
export interface OperatorAuthenticator {
  /** @returns the name of the operator who sends a request; undefined when it shows nothing that opens this door */
  authenticate(request: Request): Promise<string | undefined>;
  /**
   * Shows whoever was not recognized the way in, such as by a redirect.
   *
   * @throws HttpError or WmsError when there is none for this request
   */
  challenge(request: Request, response: Response): Promise<void>;
  /** Pages of the door itself, for those who are still outside too. */
  pages?: Router;
  /** Where to post to in order to leave; undefined: one can't. */
  logoutPath?: string;
}

/** What keeps the pages under `/admin` for operators. */
export interface OperatorGuard {
  /** The way in and out, and the page `/admin/`. To be mounted at `/admin`, before anything else there. */
  router: Router;
  /** Lets operators through and names them as the exchange's caller. To be mounted before whatever is for them alone. */
  guard: RequestHandler;
  /** Where to post to in order to leave; undefined: one can't. */
  logoutPath: string | undefined;
}

/**
 * @param options.publicUrl where browsers reach the service; undefined: where they say that they do
 * @param options.links what `/admin/` leads to
 */
export function createOperatorGuard(
  authenticator: OperatorAuthenticator,
  { publicUrl, links }: { publicUrl: string | undefined; links: readonly PageLink[] },
): OperatorGuard {
  const requireSameOrigin: RequestHandler = withErrorPage(async (request, response, next) => {
    requestContextOf(response).route ??= "/admin/";
    if (!isSafeOrSameOrigin(request, publicUrl))
      throw new HttpError(403, "only pages of this service may ask for that; is PUBLIC_URL where the browser sees it?");
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

const operatorCaller = (subject: string): Caller => ({ subject, roles: new Set(["operator"]) });

/** Shows what a handler throws to a person as a page. Scripts get the error that they get everywhere else. */
export const withErrorPage =
  (handler: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler =>
  async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      const httpError = toHttpError(error);
      const acceptsHtml = (request.headers.accept ?? "").includes("text/html");
      if (!acceptsHtml || httpError.status === 500) throw error;
      sendErrorPage(response, httpError);
    }
  };
