import { type Request, type RequestHandler, type Response, Router } from "express";
import { isSafeOrSameOrigin } from "../../auth/sameOrigin.js";
import type { Caller } from "../../domain/caller.js";
import { asHttpError, HttpError } from "../http/httpErrors.js";
import { exchangeOf } from "../http/requestContext.js";
import { type Link, sendErrorPage, sendPage } from "./htmlPage.js";

/** One way in for operators. */
export interface Door {
  /** @returns the name of the operator who sends a request; undefined when it shows nothing that opens this door */
  recognize(request: Request): Promise<string | undefined>;
  /**
   * Shows whoever was not recognized the way in, such as by a redirect.
   *
   * @throws HttpError or WmsError when there is none for this request
   */
  turnAway(request: Request, response: Response): Promise<void>;
  /** Pages of the door itself, for those who are still outside too. */
  pages?: Router;
  /** Where to post to in order to leave; undefined: one can't. */
  exit?: string;
}

/** What keeps the pages under `/admin` for operators. */
export interface OperatorGuard {
  /** The way in and out, and the page `/admin/`. To be mounted at `/admin`, before anything else there. */
  router: Router;
  /** Lets operators through and names them as the exchange's caller. To be mounted before whatever is for them alone. */
  guard: RequestHandler;
  /** Where to post to in order to leave; undefined: one can't. */
  exit: string | undefined;
}

/**
 * @param options.publicUrl where browsers reach the service; undefined: where they say that they do
 * @param options.links what `/admin/` leads to
 */
export function operatorGuard(
  door: Door,
  { publicUrl, links }: { publicUrl: string | undefined; links: readonly Link[] },
): OperatorGuard {
  const sameOrigin: RequestHandler = asPage(async (request, response, next) => {
    exchangeOf(response).route ??= "/admin/";
    if (!isSafeOrSameOrigin(request, publicUrl))
      throw new HttpError(
        403,
        "only pages of this service may ask for that; is PUBLIC_URL where the browser sees it?",
      );
    next();
  });
  const identified: RequestHandler = asPage(async (request, response, next) => {
    const name = await door.recognize(request);
    if (name === undefined) return door.turnAway(request, response);
    exchangeOf(response).caller = operatorNamed(name);
    next();
  });

  const router = Router({ strict: true });
  router.use(sameOrigin);
  if (door.pages !== undefined) router.use(door.pages);
  router.get("/", identified, (_request, response) => {
    const text = `You are signed in as ${exchangeOf(response).caller?.subject}.`;
    const button = door.exit && { label: "Sign out", href: door.exit };
    sendPage(response, { title: "Operators", text, links, ...(button && { button }) });
  });
  const guard = Router();
  guard.use(sameOrigin, identified);
  return { router, guard, exit: door.exit };
}

const operatorNamed = (subject: string): Caller => ({ subject, roles: new Set(["operator"]) });

/** Shows what a handler throws to a person as a page. Scripts get the error that they get everywhere else. */
export const asPage =
  (handler: (...args: Parameters<RequestHandler>) => Promise<void>): RequestHandler =>
  async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      const told = asHttpError(error);
      const forPeople = (request.headers.accept ?? "").includes("text/html");
      if (!forPeople || told.status === 500) throw error;
      sendErrorPage(response, told);
    }
  };
