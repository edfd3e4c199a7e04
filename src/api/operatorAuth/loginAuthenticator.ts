import { randomUUID } from "node:crypto";
import { type CookieOptions, type Request, type Response, Router } from "express";
import { z } from "zod";
import type { CookieCipher } from "../../auth/cookieCipher.js";
import type { LoginFailures } from "../../auth/loginFailures.js";
import {
  type CompletedLogin,
  loginAttemptSchema,
  NoRoleError,
  type ProviderLogin,
  SIGNED_OUT_STATE,
  UnknownPromptError,
} from "../../auth/providerLogin.js";
import type { SessionStore } from "../../auth/sessionStore.js";
import { type Caller, ROLES_OF_PEOPLE } from "../../domain/caller.js";
import { publicHrefOf, publicPathOf } from "../http/basePath.js";
import { isPagePath } from "../http/pagePaths.js";
import { requestContextOf } from "../http/requestContext.js";
import { HttpError, toHttpError } from "../http/responses.js";
import { currentAuditRecord } from "./audit.js";
import { acceptsHtml, isNavigation, type PageLink, sendErrorPage, sendHtmlPage } from "./htmlPage.js";
import { loginSourceOf, rejectUntil } from "./loginThrottle.js";
import { type PageAuthenticator, withErrorPage } from "./operatorGuard.js";

/** The path to which the identity provider redirects browsers. */
export const CALLBACK_PATH = "/admin/callback";
/** The path to which the identity provider redirects browsers after it has ended their session. */
export const SIGNED_OUT_PATH = "/admin/signed-out";
const SWITCH_ACCOUNT_PATH = "/admin/switch-account";
const LOGOUT_PATH = "/admin/logout";
/** After a login they would start another one, or end it. */
const LOGIN_PATHS = new Set([CALLBACK_PATH, SIGNED_OUT_PATH, SWITCH_ACCOUNT_PATH, LOGOUT_PATH]);

const SESSION_COOKIE = "wms_operator";
const LOGIN_ATTEMPT_COOKIE = "wms_operator_login";
type CookieName = typeof SESSION_COOKIE | typeof LOGIN_ATTEMPT_COOKIE;
/** The purpose of the encrypted value of a session in Redis. It names the session: no other one can have its value. */
const valuePurposeOf = (id: string): string => `wms_session ${id}`;
/** A working day. A person who loses a role at the provider keeps it here until the session ends. */
const SESSION_TTL_SECONDS = 8 * 3600;
/** Time to sign in at the provider. */
const LOGIN_ATTEMPT_TTL_SECONDS = 600;
/** Longest address to return to after the login: a cookie holds it meanwhile, and cookies are limited to 4 KB. */
const MAX_RETURN_PATH_CHARS = 1000;

/**
 * What the session cookie holds: the id of the session. The rest is in Redis, because a cookie has at most 4 KB, and groups
 * may be long.
 */
const sessionCookieSchema = z.object({ jti: z.string() });

/** What Redis holds of a session. It is encrypted: the ID token could be a bearer token that this service accepts. */
const sessionValueSchema = z.object({
  idToken: z.string(),
  subject: z.string(),
  roles: z.array(z.enum(ROLES_OF_PEOPLE)).min(1),
  name: z.string().optional(),
  groups: z.array(z.string()).optional(),
});

interface Session {
  id: string;
  caller: Caller;
}

interface LoginAuthenticatorOptions {
  login: ProviderLogin;
  sessions: SessionStore;
  cookieCipher: CookieCipher;
  publicUrl: string;
  failures: LoginFailures;
}

/**
 * Accepts people who sign in at the identity provider. An encrypted cookie names the session, which lasts while Redis has
 * it. Without Redis no session is valid.
 */
export function loginAuthenticator(options: LoginAuthenticatorOptions): PageAuthenticator {
  const { login, sessions, cookieCipher, publicUrl, failures } = options;
  const cookieOptionsOf = (response: Response, name: CookieName): CookieOptions => ({
    httpOnly: true,
    sameSite: "lax",
    secure: publicUrl.startsWith("https:"),
    // The session cookie is also sent to the page at `/` and to the API.
    path: name === SESSION_COOKIE ? publicPathOf(response, "") || "/" : publicPathOf(response, "/admin"),
  });
  const setEncryptedCookie = async (response: Response, name: CookieName, value: object, seconds: number) => {
    const encrypted = await cookieCipher.encrypt(name, { ...value }, seconds);
    response.cookie(name, encrypted, { ...cookieOptionsOf(response, name), maxAge: 1000 * seconds });
  };
  const readEncryptedCookie = (request: Request, name: CookieName) =>
    cookieCipher.decrypt(name, cookieValueOf(request, name));
  const readLoginAttempt = async (request: Request) =>
    loginAttemptSchema.safeParse(await readEncryptedCookie(request, LOGIN_ATTEMPT_COOKIE)).data;

  const decryptSession = async (id: string, encrypted: string | undefined) =>
    sessionValueSchema.safeParse(encrypted && (await cookieCipher.decrypt(valuePurposeOf(id), encrypted))).data;
  /** Returns the session of a request; undefined when it has none, it has ended, or an earlier release started it. */
  const readSession = async (request: Request): Promise<Session | undefined> => {
    const cookie = sessionCookieSchema.safeParse(await readEncryptedCookie(request, SESSION_COOKIE)).data;
    if (cookie === undefined) return undefined;
    const { jti: id } = cookie;
    const value = await decryptSession(id, await sessions.find(id));
    if (value === undefined) return undefined;
    const { subject, roles, name, groups } = value;
    return { id, caller: { subject, roles: new Set(roles), ...(name && { name }), ...(groups && { groups }) } };
  };
  const startSession = async (response: Response, { caller, idToken }: CompletedLogin): Promise<void> => {
    const jti = randomUUID();
    const value = { ...caller, roles: [...caller.roles], idToken };
    const encrypted = await cookieCipher.encrypt(valuePurposeOf(jti), value, SESSION_TTL_SECONDS);
    await sessions.add(jti, encrypted, SESSION_TTL_SECONDS);
    await setEncryptedCookie(response, SESSION_COOKIE, { jti }, SESSION_TTL_SECONDS);
  };
  /** Ends a session. @returns its ID token, if it is known */
  const endSession = async (id: string): Promise<string | undefined> =>
    (await decryptSession(id, await sessions.remove(id)))?.idToken;

  const redirectToProvider = async (
    response: Response,
    to: string,
    account: "any" | "ask" | "sign in",
  ): Promise<void> => {
    const { url, attempt } = await login.startLogin(to, account);
    await setEncryptedCookie(response, LOGIN_ATTEMPT_COOKIE, attempt, LOGIN_ATTEMPT_TTL_SECONDS);
    redirectWithoutCaching(response, url);
  };

  const completeLogin = async (request: Request, response: Response): Promise<string> => {
    const attempt = await readLoginAttempt(request);
    if (attempt === undefined)
      throw new HttpError(403, `this login took too long, or did not start at ${publicUrl}/; try again`);
    response.clearCookie(LOGIN_ATTEMPT_COOKIE, cookieOptionsOf(response, LOGIN_ATTEMPT_COOKIE));
    const completed = await login.completeLogin(attempt, queryStringOf(request));
    const earlier = await readSession(request);
    await startSession(response, completed);
    if (earlier !== undefined) await endSession(earlier.id);
    requestContextOf(response).caller = completed.caller;
    return attempt.to;
  };
  /** Links of the page for a refused login: the provider would sign the same user in again without asking. */
  const linksAfterRefusal = async (request: Request, error: unknown): Promise<PageLink[]> => {
    const to = (await readLoginAttempt(request))?.to ?? DEFAULT_RETURN_PATH;
    const idToken = error instanceof NoRoleError ? error.idToken : undefined;
    const endSessionUrl = idToken === undefined ? undefined : await login.endSessionUrl(idToken);
    return [
      ...(idToken === undefined ? [{ label: "Try again", href: to }] : []),
      switchAccountLink(to),
      ...(endSessionUrl === undefined ? [] : [{ label: "Sign out at the identity provider", href: endSessionUrl }]),
    ];
  };

  const pages = Router({ strict: true });
  pages.get(
    "/callback",
    withErrorPage(async (request, response) => {
      requestContextOf(response).route = CALLBACK_PATH;
      rejectUntil(await failures.secondsUntilAllowed(loginSourceOf(request)));
      try {
        redirectWithoutCaching(response, await completeLogin(request, response));
      } catch (error) {
        if (error instanceof UnknownPromptError) return await redirectToProvider(response, error.to, "sign in");
        const refusal = toHttpError(error);
        if (refusal.status !== 403) throw error;
        if (!isSubresource(request)) rejectUntil(await failures.record(loginSourceOf(request), refusal.message));
        if (!acceptsHtml(request)) throw error;
        const advice = error instanceof NoRoleError ? NO_ROLE_ADVICE : undefined;
        sendErrorPage(response, refusal, { links: await linksAfterRefusal(request, error), advice });
      }
    }),
  );
  pages.get(
    "/switch-account",
    withErrorPage(async (request, response) => {
      requestContextOf(response).route = SWITCH_ACCOUNT_PATH;
      await redirectToProvider(response, safeReturnPath(queryParameterOf(request, "to") ?? ""), "ask");
    }),
  );
  pages.post(
    "/logout",
    withErrorPage(async (request, response) => {
      requestContextOf(response).route = LOGOUT_PATH;
      const audit = currentAuditRecord();
      if (audit !== undefined) audit.action = "sign out";
      const session = await readSession(request);
      if (session !== undefined) requestContextOf(response).caller = session.caller;
      const idToken = session && (await endSession(session.id));
      response.clearCookie(SESSION_COOKIE, cookieOptionsOf(response, SESSION_COOKIE));
      const next = idToken && (await login.endSessionUrl(idToken));
      if (!next) return redirectWithoutCaching(response, SIGNED_OUT_PATH);
      // Not by a redirect: `form-action 'self'` forbids one to the provider after a form.
      sendHtmlPage(response, {
        title: "Signing out",
        text: "You are signed out of this service. The identity provider ends your session there next.",
        links: [{ label: "Continue", href: next }],
        next,
      });
    }),
  );
  pages.get("/signed-out", (request, response) => {
    requestContextOf(response).route = SIGNED_OUT_PATH;
    const wasAtProvider = queryParameterOf(request, "state") === SIGNED_OUT_STATE;
    const text = wasAtProvider
      ? "You are signed out of this service."
      : "You are signed out of this service. Your session at the identity provider may continue.";
    const links = [{ label: "Sign in", href: DEFAULT_RETURN_PATH }, switchAccountLink(DEFAULT_RETURN_PATH)];
    sendHtmlPage(response, { title: "Signed out", text, links });
  });

  return {
    pages,
    logoutPath: LOGOUT_PATH,
    switchAccountLink: (request) => switchAccountLink(safeReturnPath(request.originalUrl)),
    authenticate: async (request) => (await readSession(request))?.caller,
    async challenge(request, response) {
      // A script can't sign in, and would follow the redirect to an HTML page.
      if (!isNavigation(request))
        throw new HttpError(401, "you are signed out: reload the page", { "www-authenticate": "Cookie" });
      await redirectToProvider(response, safeReturnPath(request.originalUrl), "any");
    },
  };
}

const NO_ROLE_ADVICE = "Sign in with an account that has one of these roles, or ask for one of them.";

/** The page to open after a login that no page asked for. */
const DEFAULT_RETURN_PATH = "/";

const switchAccountLink = (to: string): PageLink => ({
  label: "Sign in as somebody else",
  href: `${SWITCH_ACCOUNT_PATH}?${new URLSearchParams({ to })}`,
});

/**
 * Status 303 makes the browser use GET. Caches must not store the cookies of a login.
 *
 * @param to a path of this service, without the base path, or an address elsewhere
 */
function redirectWithoutCaching(response: Response, to: string): void {
  response.setHeader("cache-control", "no-store");
  response.redirect(303, publicHrefOf(response, to));
}

/** Returns an address if it is a page of this service, else `/`. This prevents redirects to another host. */
export function safeReturnPath(address: string): string {
  const base = "http://here";
  if (address.length > MAX_RETURN_PATH_CHARS || !URL.canParse(address, base)) return DEFAULT_RETURN_PATH;
  const { origin, pathname, search } = new URL(address, base);
  const isOperatorPage = /^\/admin(?:\/|$)/.test(pathname) && !LOGIN_PATHS.has(pathname);
  const isOurs = origin === base && (isOperatorPage || isPagePath(pathname));
  return isOurs ? pathname + search : DEFAULT_RETURN_PATH;
}

/** Whether a page embeds the request, as an image for example. A page of another site must not use up logins that way. */
const isSubresource = ({ headers }: Request): boolean => (headers["sec-fetch-dest"] ?? "document") !== "document";

const queryStringOf = ({ originalUrl }: Request): string => /\?.*$/.exec(originalUrl)?.[0] ?? "";

const queryParameterOf = (request: Request, name: string): string | undefined =>
  new URLSearchParams(queryStringOf(request)).get(name) ?? undefined;

/** Encrypted values need no decoding. */
const cookieValueOf = ({ headers }: Request, name: string): string =>
  headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";
