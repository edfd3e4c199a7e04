import { type CookieOptions, type Request, type Response, Router } from "express";
import type { CookieCipher } from "../../auth/cookieCipher.js";
import type { LoginFailureLog } from "../../auth/loginFailures.js";
import { loginAttemptSchema, type OperatorLogin } from "../../auth/operatorLogin.js";
import { isPagePath } from "../http/pagePaths.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError, toHttpError } from "../http/responses.js";
import { isNavigation, sendHtmlPage } from "./htmlPage.js";
import { type OperatorAuthenticator, withErrorPage } from "./operatorGuard.js";

/** Where the identity provider sends browsers back to. */
export const CALLBACK_PATH = "/admin/callback";

const SESSION_COOKIE = "wms_operator";
const LOGIN_ATTEMPT_COOKIE = "wms_operator_login";
/** What a browser keeps for this door. */
type CookieName = typeof SESSION_COOKIE | typeof LOGIN_ATTEMPT_COOKIE;
/** Seconds: a working day. Whoever is an operator no more at the provider remains one here until then. */
const SESSION_TTL_SECONDS = 8 * 3600;
/** Seconds for typing a password at the provider. */
const LOGIN_ATTEMPT_TTL_SECONDS = 600;
/** Characters of an address that is worth coming back to. A cookie holds it meanwhile. */
const MAX_RETURN_PATH_CHARS = 1000;

/** What the login door is made of. */
export interface LoginAuthenticatorOptions {
  login: OperatorLogin;
  cookieCipher: CookieCipher;
  publicUrl: string;
  failures: LoginFailureLog;
}

/** Opens to operators whom the identity provider knows; the browser keeps who it was in a sealed cookie. */
export function loginAuthenticator({
  login,
  cookieCipher,
  publicUrl,
  failures,
}: LoginAuthenticatorOptions): OperatorAuthenticator {
  const cookieOptionsAt = (path: string): CookieOptions => ({
    httpOnly: true,
    sameSite: "lax",
    secure: publicUrl.startsWith("https:"),
    path,
  });
  // The page at `/` is for operators too, and asks the API.
  const cookieOptions = {
    [SESSION_COOKIE]: cookieOptionsAt("/"),
    [LOGIN_ATTEMPT_COOKIE]: cookieOptionsAt("/admin"),
  };
  const setEncryptedCookie = async (
    response: Response,
    name: CookieName,
    value: object,
    seconds: number,
  ): Promise<void> => {
    const sealed = await cookieCipher.encrypt(name, { ...value }, seconds);
    response.cookie(name, sealed, { ...cookieOptions[name], maxAge: 1000 * seconds });
  };
  const readEncryptedCookie = (request: Request, name: CookieName) =>
    cookieCipher.decrypt(name, cookieValueOf(request, name));

  const completeLogin = async (request: Request, response: Response): Promise<string> => {
    const attempt = loginAttemptSchema.safeParse(await readEncryptedCookie(request, LOGIN_ATTEMPT_COOKIE));
    if (!attempt.success) throw new HttpError(403, `this login took too long, or did not begin at ${publicUrl}/admin/`);
    response.clearCookie(LOGIN_ATTEMPT_COOKIE, cookieOptions[LOGIN_ATTEMPT_COOKIE]);
    const name = await login.completeLogin(attempt.data, queryStringOf(request));
    await setEncryptedCookie(response, SESSION_COOKIE, { name }, SESSION_TTL_SECONDS);
    requestContextOf(response).caller = { subject: name, roles: new Set(["operator"]) };
    return attempt.data.to;
  };

  const pages = Router({ strict: true });
  pages.get(
    "/callback",
    withErrorPage(async (request, response) => {
      requestContextOf(response).route = CALLBACK_PATH;
      const to = await completeLogin(request, response).catch((error: unknown) => {
        const { status, message } = toHttpError(error);
        if (status === 403) failures.record(request.ip, message);
        throw error;
      });
      redirectWithoutCaching(response, to);
    }),
  );
  pages.post("/logout", (_request, response) => {
    requestContextOf(response).route = "/admin/logout";
    response.clearCookie(SESSION_COOKIE, cookieOptions[SESSION_COOKIE]);
    redirectWithoutCaching(response, "/admin/signed-out");
  });
  pages.get("/signed-out", (_request, response) => {
    const text = "You are signed out here. The identity provider may still know you.";
    sendHtmlPage(response, { title: "Signed out", text, links: [{ label: "Sign in", href: "/admin/" }] });
  });

  return {
    pages,
    logoutPath: "/admin/logout",
    async authenticate(request) {
      const session = await readEncryptedCookie(request, SESSION_COOKIE);
      return typeof session?.["name"] === "string" ? session["name"] : undefined;
    },
    async challenge(request, response) {
      // A script can't log in, and would follow the redirect to a page that is not for it.
      if (!isNavigation(request))
        throw new HttpError(401, "you are signed out: load the page again", { "www-authenticate": "Cookie" });
      const { url, attempt } = await login.startLogin(safeReturnPath(request.originalUrl));
      await setEncryptedCookie(response, LOGIN_ATTEMPT_COOKIE, attempt, LOGIN_ATTEMPT_TTL_SECONDS);
      redirectWithoutCaching(response, url);
    },
  };
}

/** After a POST the browser must ask with a GET; and what holds a login is not to be stored. */
function redirectWithoutCaching(response: Response, to: string): void {
  response.setHeader("cache-control", "no-store");
  response.redirect(303, to);
}

/** The page for operators that an address names; their first one for all that is none, such as another host's. */
export function safeReturnPath(address: string): string {
  const base = "http://here";
  if (address.length > MAX_RETURN_PATH_CHARS || !URL.canParse(address, base)) return "/admin/";
  const { origin, pathname, search } = new URL(address, base);
  const isOurs = origin === base && (pathname.startsWith("/admin/") || isPagePath(pathname));
  return isOurs ? pathname + search : "/admin/";
}

const queryStringOf = ({ originalUrl }: Request): string => /\?.*$/.exec(originalUrl)?.[0] ?? "";

/** Sealed values need no decoding. */
const cookieValueOf = ({ headers }: Request, name: string): string =>
  headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";
