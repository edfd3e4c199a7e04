import { type CookieOptions, type Request, type Response, Router } from "express";
import type { CookieCipher } from "../../auth/cookieCipher.js";
import type { LoginFailureLog } from "../../auth/loginFailures.js";
import { loginAttemptSchema, type OperatorLogin } from "../../auth/operatorLogin.js";
import { operatorCaller } from "../../domain/caller.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError, toHttpError } from "../http/responses.js";
import { isNavigation, isPagePath, sendHtmlPage } from "./htmlPage.js";
import { type OperatorAuthenticator, withErrorPage } from "./operatorGuard.js";

/** The path to which the identity provider redirects browsers. */
export const CALLBACK_PATH = "/admin/callback";

const SESSION_COOKIE = "wms_operator";
const LOGIN_ATTEMPT_COOKIE = "wms_operator_login";
type CookieName = typeof SESSION_COOKIE | typeof LOGIN_ATTEMPT_COOKIE;
/** A working day. A user who loses the role at the provider keeps it here until the session ends. */
const SESSION_TTL_SECONDS = 8 * 3600;
/** Time to sign in at the provider. */
const LOGIN_ATTEMPT_TTL_SECONDS = 600;
/** Longest address to return to after the login: a cookie holds it meanwhile, and cookies are limited to 4 KB. */
const MAX_RETURN_PATH_CHARS = 1000;

/** Accepts operators who sign in at the identity provider. An encrypted cookie holds the session. */
export function loginAuthenticator({
  login,
  cookieCipher,
  publicUrl,
  failures,
}: {
  login: OperatorLogin;
  cookieCipher: CookieCipher;
  publicUrl: string;
  failures: LoginFailureLog;
}): OperatorAuthenticator {
  const cookieOptionsOf = (name: CookieName): CookieOptions => ({
    httpOnly: true,
    sameSite: "lax",
    secure: publicUrl.startsWith("https:"),
    // The session cookie is also sent to the page at `/` and to the API.
    path: name === SESSION_COOKIE ? "/" : "/admin",
  });
  const setEncryptedCookie = async (response: Response, name: CookieName, value: object, seconds: number) => {
    const encrypted = await cookieCipher.encrypt(name, { ...value }, seconds);
    response.cookie(name, encrypted, { ...cookieOptionsOf(name), maxAge: 1000 * seconds });
  };
  const readEncryptedCookie = (request: Request, name: CookieName) =>
    cookieCipher.decrypt(name, cookieValueOf(request, name));

  const completeLogin = async (request: Request, response: Response): Promise<string> => {
    const attempt = loginAttemptSchema.safeParse(await readEncryptedCookie(request, LOGIN_ATTEMPT_COOKIE));
    if (!attempt.success)
      throw new HttpError(403, `this login took too long, or did not start at ${publicUrl}/admin/; try again`);
    response.clearCookie(LOGIN_ATTEMPT_COOKIE, cookieOptionsOf(LOGIN_ATTEMPT_COOKIE));
    const name = await login.completeLogin(attempt.data, queryStringOf(request));
    await setEncryptedCookie(response, SESSION_COOKIE, { name }, SESSION_TTL_SECONDS);
    requestContextOf(response).caller = operatorCaller(name);
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
    response.clearCookie(SESSION_COOKIE, cookieOptionsOf(SESSION_COOKIE));
    redirectWithoutCaching(response, "/admin/signed-out");
  });
  pages.get("/signed-out", (_request, response) => {
    const text = "You are signed out of this service. Your session at the identity provider may continue.";
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
      // A script can't sign in, and would follow the redirect to an HTML page.
      if (!isNavigation(request))
        throw new HttpError(401, "you are signed out: reload the page", { "www-authenticate": "Cookie" });
      const { url, attempt } = await login.startLogin(safeReturnPath(request.originalUrl));
      await setEncryptedCookie(response, LOGIN_ATTEMPT_COOKIE, attempt, LOGIN_ATTEMPT_TTL_SECONDS);
      redirectWithoutCaching(response, url);
    },
  };
}

/** Status 303 makes the browser use GET. Caches must not store the cookies of a login. */
function redirectWithoutCaching(response: Response, to: string): void {
  response.setHeader("cache-control", "no-store");
  response.redirect(303, to);
}

/** Returns an address if it is a page for operators, else `/admin/`. This prevents redirects to another host. */
export function safeReturnPath(address: string): string {
  const base = "http://here";
  if (address.length > MAX_RETURN_PATH_CHARS || !URL.canParse(address, base)) return "/admin/";
  const { origin, pathname, search } = new URL(address, base);
  const isOurs = origin === base && (pathname.startsWith("/admin/") || isPagePath(pathname));
  return isOurs ? pathname + search : "/admin/";
}

const queryStringOf = ({ originalUrl }: Request): string => /\?.*$/.exec(originalUrl)?.[0] ?? "";

/** Encrypted values need no decoding. */
const cookieValueOf = ({ headers }: Request, name: string): string =>
  headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";
