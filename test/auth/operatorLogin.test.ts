import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { safeReturnPath } from "../../src/api/operatorAuth/loginAuthenticator.js";
import { type GuardedApp, startGuardedApp } from "./guardedApp.js";
import { type Claims, IdentityProvider, makeSigningKey } from "./identityProvider.js";
import { LoginBrowser } from "./loginBrowser.js";

const ADA: Claims = { sub: "4711", preferred_username: "ada", ewms_role: "operator" };
const SECRET = "a secret of thirty-two characters";

let idp: IdentityProvider;
let app: GuardedApp;
let browser: LoginBrowser;

async function start(more: Record<string, string> = {}): Promise<GuardedApp> {
  return startGuardedApp((url) => {
    const clientSecret = more["ADMIN_CLIENT_SECRET"];
    idp.clients = [{ clientId: "ewms-wms", clientSecret, redirectUri: `${url}/admin/callback` }];
    return { AUTH_OPENID_URL: idp.issuer, ADMIN_CLIENT_ID: "ewms-wms", PUBLIC_URL: url, ...more };
  });
}

beforeEach(async () => {
  // Only the date is simulated; timers run normally.
  vi.useFakeTimers({ toFake: ["Date"] });
  idp = await IdentityProvider.start();
  idp.nextLoginClaims = ADA;
  app = await start();
  browser = new LoginBrowser();
});
afterEach(async () => {
  vi.useRealTimers();
  await idp.stop();
});

const advanceClock = (seconds: number) => vi.setSystemTime(Date.now() + 1000 * seconds);
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
      subject: "ada (4711)",
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
    advanceClock(8 * 3600 - 10);
    expect((await browser.openWithoutRedirects(page())).status).toBe(200);
    advanceClock(20);
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
    expect(out.text).toContain('<a href="/admin/">Sign in</a>');
    expect(browser.cookie("wms_operator")).toBeUndefined();
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });
});

describe("a session", () => {
  test("is valid in another process with the same secret", async () => {
    app = await start({ SESSION_SECRET: SECRET });
    await browser.open(page());
    app = await start({ SESSION_SECRET: SECRET });
    expect((await browser.openWithoutRedirects(page())).status).toBe(200);
    app = await start({ SESSION_SECRET: `${SECRET}!` });
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
  });

  test("without a secret is valid in its own process only", async () => {
    await browser.open(page());
    app = await start();
    expect((await browser.openWithoutRedirects(page())).status).toBe(303);
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

  test("of a user who is not an operator", async () => {
    idp.nextLoginClaims = { sub: "4712", preferred_username: "<b>eve</b>", ewms_role: "user" };
    await refusal(/<p>&lt;b&gt;eve&lt;\/b&gt; \(4712\) is not an operator<\/p>/);
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
    advanceClock(700);
    expect((await browser.open(back.location ?? "")).text).toContain("took too long");
  });

  test("and logged without secrets", async () => {
    idp.nextLoginClaims = { sub: "4712", ewms_role: "user" };
    await browser.open(page());
    idp.nextLoginClaims = undefined;
    await browser.open(page());
    expect(app.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, msg: "an operator's login failed", reason: "4712 is not an operator", failuresThisMinute: 1 },
      { reason: "the identity provider refused the login: access_denied", failuresThisMinute: 2 },
    ]);
    expect(app.logLines.join("\n")).not.toMatch(/eyJ|code=/);
  });
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
    advanceClock(3);
    expect((await browser.open(`${fresh.url}/admin/`)).status).toBe(200);
  });

  test("also when it becomes unreachable during a login", async () => {
    const { headers } = await browser.openWithoutRedirects(page());
    const { headers: back } = await browser.openWithoutRedirects(headers.location ?? "");
    await idp.stop();
    expect((await browser.open(back.location ?? "")).status).toBe(503);
  });
});

describe("a login returns to an operator page, and nowhere else", () => {
  test.each([
    ["/admin/", "/admin/"],
    ["/admin/queues/x?status=failed&page=2", "/admin/queues/x?status=failed&page=2"],
    ["/admin", "/admin/"],
    ["/", "/"],
    ["/workflows/WF-0-00000000?tab=x", "/workflows/WF-0-00000000?tab=x"],
    ["/schedds", "/schedds"],
    ["/workflows/..//evil.example", "/admin/"],
    ["/v1/workflows", "/admin/"],
    ["/administrator", "/admin/"],
    ["//evil.example/admin/", "/admin/"],
    ["/\\evil.example/admin/", "/admin/"],
    ["http://evil.example/admin/", "/admin/"],
    ["/admin/..//evil.example", "/admin/"],
    ["/admin/%2e%2e//evil.example", "/admin/"],
    ["/admin/\t/..\\/evil.example", "/admin//evil.example"],
    ["javascript:alert(1)", "/admin/"],
    ["http://", "/admin/"],
    [`/admin/${"x".repeat(2000)}`, "/admin/"],
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
    expect([url, status]).toEqual([page("/admin/"), 200]);
  });
});
