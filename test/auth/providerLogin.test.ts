import { createHash } from "node:crypto";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { safeReturnPath } from "../../src/api/operatorAuth/loginAuthenticator.js";
import { CookieCipher } from "../../src/auth/cookieCipher.js";
import { createLoginSessions } from "../../src/redis/loginSessions.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { advanceClocks, restoreClocks, simulateClocks } from "../setup/simulatedClocks.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { type GuardedApp, startGuardedApp } from "./guardedApp.js";
import { type Claims, IdentityProvider } from "./identityProvider.js";
import { LoginBrowser } from "./loginBrowser.js";
import { makeSigningKey } from "./signingKey.js";

const ADA: Claims = { sub: "4711", preferred_username: "ada", ewms_role: "operator" };
const NO_ROLE = "4712 has none of the roles user, operator, viewer";
const SECRET = "a secret of thirty-two characters";

let idp: IdentityProvider;
let app: GuardedApp;
let browser: LoginBrowser;

/** @param redisUrl the database of another process of the service */
async function start(more: Record<string, string> = {}, redisUrl?: string): Promise<GuardedApp> {
  return startGuardedApp((url) => ({ ...idp.registerService(url, more["ADMIN_CLIENT_SECRET"]), ...more }), redisUrl);
}

beforeEach(async () => {
  simulateClocks();
  idp = await IdentityProvider.start();
  idp.nextLoginClaims = ADA;
  app = await start();
  browser = new LoginBrowser();
});
afterEach(async () => {
  restoreClocks();
  await idp.stop();
});

const page = (path = "/admin/queues?status=failed") => app.url + path;
const attributesOf = (line = "") =>
  line
    .split("; ")
    .slice(1)
    .map((text) => text.replace(/=.*(GMT|\d)$/, ""));

describe("an operator", () => {
  test("is redirected to the provider and back to the requested page, and is the caller", async () => {
    expect(await browser.open(page())).toMatchObject({ url: page(), status: 200, text: "hello ada (4711)" });
    expect(app.requestContexts.map(({ route, status }) => [route, status])).toEqual([
      ["/admin/", 303],
      ["/admin/callback", 303],
      ["/admin/", 200],
    ]);
    expect(app.requestContexts.at(-1)?.caller).toEqual({
      subject: "4711",
      name: "ada",
      roles: new Set(["operator"]),
    });
    expect(idp.countRequests("authorize")).toBe(1);
    await browser.open(page());
    expect(idp.countRequests("authorize")).toBe(1);
  });

  test("can sign in through a client with a secret", async () => {
    app = await start({ ADMIN_CLIENT_SECRET: "s3cret +&:%ü" });
    expect(await browser.open(page())).toMatchObject({ status: 200 });
  });

  test("is determined by the role rules", async () => {
    app = await start({ AUTH_ROLE_OPERATOR: "realm_access.roles=wms-admin" });
    idp.nextLoginClaims = { sub: "7", realm_access: { roles: ["wms-admin"] } };
    expect(await browser.open(page())).toMatchObject({ status: 200, text: "hello 7" });
  });

  test("sends state, nonce and PKCE challenge", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    const asked = new URL(headers.location ?? "");
    expect(asked.origin + asked.pathname).toBe(`${idp.issuer}/authorize`);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: "ewms-wms",
      response_type: "code",
      redirect_uri: `${app.url}/admin/callback`,
      scope: "openid profile",
      state: expect.stringMatching(/^.{43}$/),
      nonce: expect.stringMatching(/^.{43}$/),
      code_challenge: expect.stringMatching(/^.{43}$/),
      code_challenge_method: "S256",
    });
  });

  test("has cookies with HttpOnly, SameSite and Secure", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["set-cookie"]?.map(attributesOf)).toEqual([
      ["Max-Age", "Path=/admin", "Expires", "HttpOnly", "SameSite=Lax"],
    ]);
    app = await start({ PUBLIC_URL: "https://wms.example.org" });
    const secure = await browser.openWithoutRedirects(page());
    expect(attributesOf(secure.headers["set-cookie"]?.[0])).toContain("Secure");
    expect(secure.headers.location).toContain(encodeURIComponent("https://wms.example.org/admin/callback"));
  });

  test("has an encrypted and authenticated session", async () => {
    await browser.open(page());
    const session = browser.cookie("wms_operator") ?? "";
    for (const part of session.split(".")) expect(Buffer.from(part, "base64url").toString()).not.toMatch(/ada|4711/);
    for (const changed of ["", "x", `${session.slice(0, -4)}AAAA`, session.slice(1), `${session}.x`]) {
      browser.setCookie("wms_operator", changed);
      expect((await browser.openWithoutRedirects(page())).status).toBe(303);
    }
  });

  test("has to sign in again after eight hours", async () => {
    await browser.open(page());
    advanceClocks(8 * 3600 - 10);
    expect((await browser.openWithoutRedirects(page())).status).toBe(200);
    advanceClocks(20);
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });

  test("signs out with a button, which other sites can't press", async () => {
    const { text } = await browser.open(page("/admin/"));
    expect(text).toContain('<form method="post" action="/admin/logout">');
    expect(await browser.submitForm(page("/admin/logout"), "https://evil.example")).toMatchObject({
      status: 403,
    });
    expect((await browser.open(page("/admin/logout"))).status).toBe(200);
    expect(browser.cookie("wms_operator")).toBeDefined();

    const out = await browser.submitForm(page("/admin/logout"));
    expect(out).toMatchObject({ url: page("/admin/signed-out"), status: 200 });
    expect(out.text).toContain("Signed out");
    // A form can't redirect to the provider, because of form-action.
    expect(out.text).toContain('<a href="/">Sign in</a>');
    expect(browser.cookie("wms_operator")).toBeUndefined();
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });
});

describe("a session", () => {
  test("is valid in another process with the same secret", async () => {
    app = await start({ SESSION_SECRET: SECRET });
    await browser.open(page());
    app = await start({ SESSION_SECRET: SECRET }, app.redisUrl);
    expect((await browser.openWithoutRedirects(page())).status).toBe(200);
    app = await start({ SESSION_SECRET: `${SECRET}!` }, app.redisUrl);
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });

  test("without a secret is valid in its own process only", async () => {
    await browser.open(page());
    app = await start({}, app.redisUrl);
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });

  test("that has ended opens no page in any process, and its sign-out names the operator", async () => {
    const first = await start({ SESSION_SECRET: SECRET });
    app = await start({ SESSION_SECRET: SECRET }, first.redisUrl);
    await browser.open(page());
    const session = browser.cookie("wms_operator") ?? "";
    await browser.submitForm(page("/admin/logout"));

    browser.setCookie("wms_operator", session);
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
    expect((await browser.openWithoutRedirects(`${first.url}/admin/queues`)).status).toBe(303);
    const audits = () => app.logLines.map((line) => JSON.parse(line)).filter(({ audit }) => audit === true);
    expect(
      await waitForValue(
        "the audit",
        async () => audits(),
        (found) => found.length > 0,
      ),
    ).toMatchObject([{ operator: "ada (4711)", action: "sign out", path: "/admin/logout", outcome: "done" }]);
    // Another sign-out with the same cookie has no operator.
    await browser.submitForm(page("/admin/logout"));
    await waitForValue(
      "the audit",
      async () => audits(),
      (found) => found[1]?.operator === "unknown",
    );
  });

  test("ends when the same browser signs in again", async () => {
    await browser.open(page());
    const session = browser.cookie("wms_operator") ?? "";
    idp.chosenLoginClaims = { sub: "7", ewms_role: "operator" };
    expect(await browser.open(page("/admin/switch-account?to=%2Fadmin%2Fx"))).toMatchObject({ text: "hello 7" });
    browser.setCookie("wms_operator", session);
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });

  test("is not valid without an id, as in cookies of earlier releases", async () => {
    app = await start({ SESSION_SECRET: SECRET });
    const cookie = await new CookieCipher(SECRET).encrypt("wms_operator", { name: "ada (4711)" }, 60);
    browser.setCookie("wms_operator", cookie);
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });

  test("is not valid without roles, as in those of earlier releases", async () => {
    app = await start({ SESSION_SECRET: SECRET });
    const cipher = new CookieCipher(SECRET);
    const redis = openRedis(app.redisUrl);
    onTestFinished(() => redis.disconnect());
    const jti = "6b05a0af-52f0-4ad7-8eb9-4de87fb817a2";
    const cookie = await cipher.encrypt("wms_operator", { name: "ada (4711)", jti }, 60);
    for (const purpose of ["wms_operator_id_token", `wms_session ${jti}`]) {
      await createLoginSessions(redis).add(jti, await cipher.encrypt(purpose, { idToken: "a.b.c" }, 60), 60);
      browser.setCookie("wms_operator", cookie);
      for (const path of ["/", "/admin/queues", "/admin/"])
        expect((await browser.openWithoutRedirects(page(path))).status).toBe(303);
    }
    // The browser signs in again, and the new cookie replaces the old one.
    expect(await browser.open(page("/"))).toMatchObject({ status: 200, text: "page of ada (4711)" });
  });

  test("is not valid with the value of another session", async () => {
    app = await start({ SESSION_SECRET: SECRET });
    const redis = openRedis(app.redisUrl);
    onTestFinished(() => redis.disconnect());
    await browser.open(page());
    const other = new LoginBrowser();
    idp.nextLoginClaims = { sub: "4713", ewms_role: "viewer" };
    const [ofAda = ""] = await findKeys(redis, "wms:operator-session:*");
    await other.open(page("/"));
    const keys = await findKeys(redis, "wms:operator-session:*");
    const ofViewer = keys.find((key) => key !== ofAda) ?? "";
    await redis.set(ofViewer, (await redis.get(ofAda)) ?? "");
    expect((await other.openWithoutRedirects(page())).status).toBe(303);
  });

  test("is not valid while Redis is unreachable", async () => {
    const server = await startOwnRedis();
    app = await start({}, server.url);
    await browser.open(page());
    await server.stop();
    expect(await browser.openWithoutRedirects(page())).toMatchObject({ status: 503 });
    expect(await browser.submitForm(page("/admin/logout"))).toMatchObject({ status: 503 });
    expect(browser.cookie("wms_operator")).toBeDefined();
  });

  test("has no plain ID token in Redis, which the API might accept", async () => {
    await browser.open(page());
    const redis = openRedis(app.redisUrl);
    onTestFinished(() => redis.disconnect());
    const [key = ""] = await findKeys(redis, "wms:operator-session:*");
    const value = (await redis.get(key)) ?? "";
    expect(Buffer.from(value.split(".")[0] ?? "", "base64url").toString()).toBe('{"alg":"dir","enc":"A256GCM"}');
    expect(await redis.ttl(key)).toBeGreaterThan(8 * 3600 - 60);
  });

  test("can't be replaced by the cookie of a login attempt", async () => {
    await browser.openWithoutRedirects(page());
    browser.setCookie("wms_operator", browser.cookie("wms_operator_login") ?? "");
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });
});

describe("a login is rejected", () => {
  const refusal = async (sentence: RegExp) => {
    const { url, status, text } = await browser.open(page());
    expect(text).toMatch(sentence);
    expect(status).toBe(403);
    expect(new URL(url).pathname).toBe("/admin/callback");
    expect(browser.cookie("wms_operator")).toBeUndefined();
  };

  test.each([[undefined], ["system-tms"], ["guest"]])("of a person with the role %s only", async (ewms_role) => {
    idp.nextLoginClaims = { sub: "4712", preferred_username: "<b>eve</b>", ewms_role };
    await refusal(/<p>&lt;b&gt;eve&lt;\/b&gt; \(4712\) has none of the roles user, operator, viewer<\/p>/);
  });

  test("that the provider refuses", async () => {
    idp.nextLoginClaims = undefined;
    await refusal(/the identity provider refused the login: access_denied/);
  });

  test.each<[string, (claims: Claims) => Claims]>([
    ["belongs to another login", (claims) => ({ ...claims, nonce: "another" })],
    ["belongs to no login", ({ nonce: _, ...claims }) => claims],
    ["is for another client", (claims) => ({ ...claims, aud: "another" })],
    ["is from another issuer", (claims) => ({ ...claims, iss: "https://idp.example.org" })],
    ["has expired", (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 100 })],
    ["never expires", (claims) => ({ ...claims, exp: undefined })],
    ["has no subject", (claims) => ({ ...claims, sub: undefined })],
  ])("whose ID token %s", async (_what, forge) => {
    idp.transformIdTokenClaims = forge;
    await refusal(/the login is invalid/);
  });

  test("whose ID token is signed with a foreign key", async () => {
    const published = idp.keys;
    const token = idp.signToken.bind(idp);
    const forger = { ...(await makeSigningKey()), kid: published[0]?.kid ?? "" };
    idp.signToken = (claims) => token(claims, forger);
    await refusal(/the login is invalid/);
  });

  test("whose code is another client's", async () => {
    idp.clients = [{ clientId: "ewms-wms", clientSecret: "other", redirectUri: page("/admin/callback") }];
    await refusal(/the identity provider rejected the login: invalid_client/);
  });

  test("that began in another browser", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    const atProvider = await new LoginBrowser().openWithoutRedirects(headers.location ?? "");
    const victim = await new LoginBrowser().open(atProvider.headers.location ?? "");
    expect(victim).toMatchObject({ status: 403, text: expect.stringContaining("did not start at") });
  });

  test("with the response of another login", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    const atProvider = await new LoginBrowser().openWithoutRedirects(headers.location ?? "");
    const other = new LoginBrowser();
    await other.openWithoutRedirects(page());
    const answer = await other.open(atProvider.headers.location ?? "");
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining("the login is invalid") });
    expect(idp.countRequests("token")).toBe(0);
  });

  test("whose response is used twice, or too late", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    const { headers: back } = await browser.openWithoutRedirects(headers.location ?? "");
    const attempt = browser.cookie("wms_operator_login") ?? "";
    expect((await browser.open(back.location ?? "")).status).toBe(200);
    expect((await browser.open(back.location ?? "")).status).toBe(403);
    browser.setCookie("wms_operator_login", attempt);
    expect((await browser.open(back.location ?? "")).text).toContain("invalid_grant");
    advanceClocks(700);
    expect((await browser.open(back.location ?? "")).text).toContain("took too long");
  });

  test("and logged without secrets", async () => {
    idp.nextLoginClaims = { sub: "4712" };
    await browser.open(page());
    idp.nextLoginClaims = undefined;
    await browser.open(page());
    expect(app.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, msg: "an operator's login failed", reason: NO_ROLE, failuresThisMinute: 1 },
      { reason: "the identity provider refused the login: access_denied", failuresThisMinute: 2 },
    ]);
    expect(app.logLines.join("\n")).not.toMatch(/eyJ|code=/);
  });
});

describe("a person without a role", () => {
  const EVE: Claims = { sub: "4712", preferred_username: "eve" };
  const linkOf = (text: string, label: string) =>
    new RegExp(`<a href="([^"]+)">${label}</a>`).exec(text)?.[1]?.replaceAll("&amp;", "&");
  beforeEach(() => {
    idp.nextLoginClaims = EVE;
  });

  test("can choose another account, and gets to the requested page", async () => {
    const { status, text } = await browser.open(page());
    expect(status).toBe(403);
    expect(text).toContain("eve (4712) has none of the roles user, operator, viewer");
    expect(text).toContain("ask for one of them");
    // It would sign the same user in again.
    expect(linkOf(text, "Try again")).toBeUndefined();
    const link = linkOf(text, "Sign in as somebody else") ?? "";
    const { headers } = await browser.openWithoutRedirects(page(link));
    expect(new URL(headers.location ?? "").searchParams.get("prompt")).toBe("select_account");
    idp.chosenLoginClaims = ADA;
    expect(await browser.open(page(link))).toMatchObject({ url: page(), text: "hello ada (4711)" });
  });

  test("gets the login page of a provider that can't ask for the account", async () => {
    idp.supportedPrompts = ["none", "login"];
    app = await start();
    const { headers } = await browser.openWithoutRedirects(page("/admin/switch-account"));
    expect(new URL(headers.location ?? "").searchParams.get("prompt")).toBe("login");
  });

  test("can sign out at a provider that offers it", async () => {
    idp.offersLogout = true;
    app = await start();
    const { text } = await browser.open(page());
    const out = await browser.open(linkOf(text, "Sign out at the identity provider") ?? "");
    expect(out).toMatchObject({ url: page("/admin/signed-out?state=provider"), status: 200 });
    expect(out.text).not.toContain("may continue");
    expect(idp.logouts).toEqual([
      {
        client_id: "ewms-wms",
        id_token_hint: expect.stringMatching(/^eyJ/),
        post_logout_redirect_uri: page("/admin/signed-out"),
        state: "provider",
      },
    ]);
  });

  test("gets a page with its own style", async () => {
    const { text, headers } = await browser.open(page());
    const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(style).toContain("prefers-color-scheme: dark");
    expect(headers["content-security-policy"]).toContain(`default-src 'none'; style-src 'sha256-${hash}'; `);
  });
});

test("a sign-out continues at a provider that offers it", async () => {
  idp.offersLogout = true;
  app = await start();
  await browser.open(page());
  const { status, text } = await browser.submitForm(page("/admin/logout"));
  expect(status).toBe(200);
  const next = /<meta http-equiv="refresh" content="0; url=([^"]+)">/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";
  expect(await browser.open(next)).toMatchObject({ url: page("/admin/signed-out?state=provider"), status: 200 });
  expect(idp.logouts).toMatchObject([{ client_id: "ewms-wms", id_token_hint: expect.stringMatching(/^eyJ/) }]);
});

test("refused logins are throttled by address", async () => {
  idp.nextLoginClaims = { sub: "4712" };
  for (let time = 0; time < 10; time++) expect((await browser.open(page())).status).toBe(403);
  idp.nextLoginClaims = ADA;
  const { status, headers, text } = await browser.open(page());
  expect(status).toBe(429);
  expect(Number(headers["retry-after"])).toBeGreaterThan(0);
  expect(text).toContain("too many failed logins");
  expect(idp.countRequests("token")).toBe(10);
});

test("images of another site's page do not use up logins", async () => {
  const headers = { accept: "image/*", "sec-fetch-dest": "image", "sec-fetch-site": "cross-site" };
  for (let time = 0; time < 12; time++)
    expect((await fetch(page("/admin/callback?code=x&state=y"), { headers })).status).toBe(403);
  expect(await browser.open(page())).toMatchObject({ status: 200 });
});

describe("a script without a session", () => {
  test("gets an error instead of a redirect", async () => {
    for (const init of [
      { headers: { accept: "application/json" } },
      { headers: { accept: "text/html", "sec-fetch-mode": "cors" } },
      { method: "POST", headers: { "sec-fetch-site": "same-origin" } },
    ]) {
      const response = await fetch(page(), { ...init, redirect: "manual" });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Cookie");
    }
  });
});

describe("while the provider is unreachable", () => {
  test("an error page is shown, and the login works later", async () => {
    await idp.stop();
    const fresh = await start();
    const { status, text, headers } = await browser.open(`${fresh.url}/admin/`);
    expect(status).toBe(503);
    expect(text).toContain("the identity provider is not available");
    expect(headers["retry-after"]).toBe("2");
    await idp.restart();
    advanceClocks(3);
    expect((await browser.open(`${fresh.url}/admin/`)).status).toBe(200);
  });

  test("also when it becomes unreachable during a login", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    const { headers: back } = await browser.openWithoutRedirects(headers.location ?? "");
    await idp.stop();
    expect((await browser.open(back.location ?? "")).status).toBe(503);
  });
});

describe("a login returns to a page of this service, and nowhere else", () => {
  test.each([
    ["/admin/", "/admin/"],
    ["/admin/queues/x?status=failed&page=2", "/admin/queues/x?status=failed&page=2"],
    ["/admin", "/admin"],
    ["/", "/"],
    ["/workflows/WF-0-00000000?tab=x", "/workflows/WF-0-00000000?tab=x"],
    ["/schedds", "/schedds"],
    ["/workflows/..//evil.example", "/"],
    ["/v1/workflows", "/"],
    ["/administrator", "/"],
    ["//evil.example/admin/", "/"],
    ["/\\evil.example/admin/", "/"],
    ["http://evil.example/admin/", "/"],
    ["/admin/..//evil.example", "/"],
    ["/admin/%2e%2e//evil.example", "/"],
    ["/admin/\t/..\\/evil.example", "/admin//evil.example"],
    ["javascript:alert(1)", "/"],
    ["http://", "/"],
    [`/admin/${"x".repeat(2000)}`, "/"],
    ["/admin/switch-account?to=x", "/"],
    ["/admin/logout", "/"],
  ])("%j: %s", (address, expected) => expect(safeReturnPath(address)).toBe(expected));

  test("also when the request names another host", async () => {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      "GET http://evil.example/admin/queues HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
    );
    const head = await text(socket);
    browser.setCookie("wms_operator_login", /wms_operator_login=([^;]+)/.exec(head)?.[1] ?? "");
    const { url, status } = await browser.open(/location: (\S+)/i.exec(head)?.[1] ?? "");
    expect([url, status]).toEqual([page("/"), 200]);
  });
});
