import { type CookieOptions, type Request, type Response, Router } from "express";
import type { LoginFailures } from "../../auth/loginFailures.js";
import { attemptSchema, type OperatorLogin } from "../../auth/operatorLogin.js";
import type { Seal } from "../../auth/cookieCipher.js";
import { asHttpError, HttpError } from "../http/httpErrors.js";
import { exchangeOf } from "../http/requestContext.js";
import { isPagePath } from "../http/pagePaths.js";
import { asPage, type Door } from "./operatorGuard.js";
import { isNavigation, sendPage } from "./htmlPage.js";

/** Where the identity provider sends browsers back to. */
export const CALLBACK_PATH = "/admin/callback";

const SESSION = "wms_operator";
const ATTEMPT = "wms_operator_login";
/** What a browser keeps for this door. */
type Kept = typeof SESSION | typeof ATTEMPT;
/** Seconds: a working day. Whoever is an operator no more at the provider remains one here until then. */
const SESSION_LIFE = 8 * 3600;
/** Seconds for typing a password at the provider. */
const ATTEMPT_LIFE = 600;
/** Characters of an address that is worth coming back to. A cookie holds it meanwhile. */
const LONGEST_ADDRESS = 1000;

/** What the login door is made of. */
export interface LoginDoorOptions {
  login: OperatorLogin;
  seal: Seal;
  publicUrl: string;
  failures: LoginFailures;
}

/** Opens to operators whom the identity provider knows; the browser keeps who it was in a sealed cookie. */
export function loginDoor({ login, seal, publicUrl, failures }: LoginDoorOptions): Door {
  const cookieAt = (path: string): CookieOptions => ({
    httpOnly: true,
    sameSite: "lax",
    secure: publicUrl.startsWith("https:"),
    path,
  });
  // The page at `/` is for operators too, and asks the API.
  const options = { [SESSION]: cookieAt("/"), [ATTEMPT]: cookieAt("/admin") };
  const keep = async (response: Response, name: Kept, value: object, seconds: number): Promise<void> => {
    const sealed = await seal.close(name, { ...value }, seconds);
    response.cookie(name, sealed, { ...options[name], maxAge: 1000 * seconds });
  };
  const kept = (request: Request, name: Kept) => seal.open(name, cookieOf(request, name));

  const finish = async (request: Request, response: Response): Promise<string> => {
    const attempt = attemptSchema.safeParse(await kept(request, ATTEMPT));
    if (!attempt.success)
      throw new HttpError(403, `this login took too long, or did not begin at ${publicUrl}/admin/`);
    response.clearCookie(ATTEMPT, options[ATTEMPT]);
    const name = await login.finish(attempt.data, searchOf(request));
    await keep(response, SESSION, { name }, SESSION_LIFE);
    exchangeOf(response).caller = { subject: name, roles: new Set(["operator"]) };
    return attempt.data.to;
  };

  const pages = Router({ strict: true });
  pages.get(
    "/callback",
    asPage(async (request, response) => {
      exchangeOf(response).route = CALLBACK_PATH;
      const to = await finish(request, response).catch((error: unknown) => {
        const { status, message } = asHttpError(error);
        if (status === 403) failures.note(request.ip, message);
        throw error;
      });
      redirect(response, to);
    }),
  );
  pages.post("/logout", (_request, response) => {
    exchangeOf(response).route = "/admin/logout";
    response.clearCookie(SESSION, options[SESSION]);
    redirect(response, "/admin/signed-out");
  });
  pages.get("/signed-out", (_request, response) => {
    const text = "You are signed out here. The identity provider may still know you.";
    sendPage(response, { title: "Signed out", text, links: [{ label: "Sign in", href: "/admin/" }] });
  });

  return {
    pages,
    exit: "/admin/logout",
    async recognize(request) {
      const session = await kept(request, SESSION);
      return typeof session?.["name"] === "string" ? session["name"] : undefined;
    },
    async turnAway(request, response) {
      // A script can't log in, and would follow the redirect to a page that is not for it.
      if (!isNavigation(request))
        throw new HttpError(401, "you are signed out: load the page again", { "www-authenticate": "Cookie" });
      const { url, attempt } = await login.begin(ownAddress(request.originalUrl));
      await keep(response, ATTEMPT, attempt, ATTEMPT_LIFE);
      redirect(response, url);
    },
  };
}

/** After a POST the browser must ask with a GET; and what holds a login is not to be stored. */
function redirect(response: Response, to: string): void {
  response.setHeader("cache-control", "no-store");
  response.redirect(303, to);
}

/** The page for operators that an address names; their first one for all that is none, such as another host's. */
export function ownAddress(address: string): string {
  const base = "http://here";
  if (address.length > LONGEST_ADDRESS || !URL.canParse(address, base)) return "/admin/";
  const { origin, pathname, search } = new URL(address, base);
  const isOurs = origin === base && (pathname.startsWith("/admin/") || isPagePath(pathname));
  return isOurs ? pathname + search : "/admin/";
}

const searchOf = ({ originalUrl }: Request): string => /\?.*$/.exec(originalUrl)?.[0] ?? "";

/** Sealed values need no decoding. */
const cookieOf = ({ headers }: Request, name: string): string =>
  headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";
