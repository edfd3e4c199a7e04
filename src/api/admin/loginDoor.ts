import { type CookieOptions, type Request, type Response, Router } from "express";
import type { LoginFailures } from "../../access/loginFailures.js";
import { attemptSchema, type OperatorLogin } from "../../access/operatorLogin.js";
import type { Seal } from "../../access/seal.js";
import { asHttpError, HttpError } from "../errors.js";
import { exchangeOf } from "../exchange.js";
import { asPage, type Door } from "./operatorGuard.js";
import { isNavigation, sendPage } from "./page.js";

/** Where the identity provider sends browsers back to. */
export const CALLBACK_PATH = "/admin/callback";

const SESSION = "wms_operator";
const ATTEMPT = "wms_operator_login";
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
  const cookies: CookieOptions = {
    httpOnly: true,
    sameSite: "lax",
    secure: publicUrl.startsWith("https:"),
    path: "/admin",
  };
  const keep = async (response: Response, name: string, value: object, seconds: number): Promise<void> => {
    const sealed = await seal.close(name, { ...value }, seconds);
    response.cookie(name, sealed, { ...cookies, maxAge: 1000 * seconds });
  };
  const kept = (request: Request, name: string) => seal.open(name, cookieOf(request, name));

  const finish = async (request: Request, response: Response): Promise<string> => {
    const attempt = attemptSchema.safeParse(await kept(request, ATTEMPT));
    if (!attempt.success)
      throw new HttpError(403, `this login took too long, or did not begin at ${publicUrl}/admin/`);
    response.clearCookie(ATTEMPT, cookies);
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
    response.clearCookie(SESSION, cookies);
    redirect(response, "/admin/signed-out");
  });
  pages.get("/signed-out", (_request, response) => {
    const text = "You are signed out here. The identity provider may still know you.";
    sendPage(response, { title: "Signed out", text, links: [{ label: "Sign in", href: "/admin/" }] });
  });

  return {
    pages,
    exit: "/admin/logout",
    async identify(request, response) {
      const session = await kept(request, SESSION);
      if (typeof session?.["name"] === "string") return session["name"];
      // A script can't log in, and would follow the redirect to a page that is not for it.
      if (!isNavigation(request))
        throw new HttpError(401, "you are signed out: load the page again", { "www-authenticate": "Cookie" });
      const { url, attempt } = await login.begin(ownAddress(request.originalUrl));
      await keep(response, ATTEMPT, attempt, ATTEMPT_LIFE);
      redirect(response, url);
      return undefined;
    },
  };
}

/** After a POST the browser must ask with a GET; and what holds a login is not to be stored. */
function redirect(response: Response, to: string): void {
  response.setHeader("cache-control", "no-store");
  response.redirect(303, to);
}

/** The operators' page that an address names; the first one for all that is none, such as another host's. */
export function ownAddress(address: string): string {
  const base = "http://here";
  if (address.length > LONGEST_ADDRESS || !URL.canParse(address, base)) return "/admin/";
  const { origin, pathname, search } = new URL(address, base);
  return origin === base && pathname.startsWith("/admin/") ? pathname + search : "/admin/";
}

const searchOf = ({ originalUrl }: Request): string => /\?.*$/.exec(originalUrl)?.[0] ?? "";

/** Sealed values need no decoding. */
const cookieOf = ({ headers }: Request, name: string): string =>
  headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? "";
