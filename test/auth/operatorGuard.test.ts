import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { createConformanceClient } from "../api/conformanceClient.js";
import { startTestService } from "../setup/testService.js";
import { type GuardedApp, startGuardedApp } from "./guardedApp.js";

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

const PASSWORD = "enchantress: of numbers é";
const RIGHT = { authorization: basic("ada", PASSWORD) };
const PAGE = { accept: "text/html" };

const withPassword = (more: Record<string, string> = {}) =>
  startGuardedApp(() => ({ ADMIN_USER: "ada", ADMIN_PASSWORD: PASSWORD, ...more }));

async function sendRequest({ url }: GuardedApp, headers: Record<string, string>, method = "GET", path = "/admin/x") {
  const response = await fetch(url + path, { method, headers, redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("with ADMIN_USER and ADMIN_PASSWORD", () => {
  test("a browser gets a Basic challenge and an error page", async () => {
    const { status, headers, text } = await sendRequest(await withPassword(), PAGE);
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toMatch(/^Basic realm="[^"]+", charset="UTF-8"$/);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(text).toMatch(/^<!doctype html>.*operators need a name and a password/s);
  });

  test("a request with the right password passes, and its operator is the caller", async () => {
    const app = await withPassword();
    expect(await sendRequest(app, RIGHT)).toMatchObject({ status: 200, text: "hello ada" });
    expect((await sendRequest(app, { ...RIGHT, ...PAGE }, "GET", "/admin/")).text).toContain(
      "You are signed in as ada.",
    );
    for (const { caller } of app.requestContexts)
      expect(caller).toEqual({ subject: "ada", roles: new Set(["operator"]) });
  });

  test.each([
    ["another password", basic("ada", "x")],
    ["the start of the password", basic("ada", "enchantress")],
    ["another name", basic("bob", PASSWORD)],
    ["neither", basic("", "")],
    ["no colon", `Basic ${Buffer.from("ada").toString("base64")}`],
    ["no base64", "Basic !"],
    ["a bearer token", "Bearer a.b.c"],
  ])("%s is rejected", async (_what, authorization) => {
    expect((await sendRequest(await withPassword(), { authorization })).status).toBe(401);
  });

  test("failures are logged and counted, without user input", async () => {
    const app = await withPassword();
    await sendRequest(app, {});
    for (let time = 0; time < 3; time++)
      await sendRequest(app, { authorization: basic("typed-name", "typed-password") });
    const logged = app.logLines.map((line) => JSON.parse(line));
    expect(logged).toMatchObject(
      [1, 2, 3].map((failuresThisMinute) => ({
        level: 40,
        msg: "an operator's login failed",
        address: expect.stringContaining("127.0.0.1"),
        failuresThisMinute,
      })),
    );
    expect(app.logLines.join("\n")).not.toContain("typed");
  });
});

describe("a request that may change something", () => {
  const PUBLIC_URL = "https://wms.example.org";

  test.each([
    ["a page of this service", (host: string) => ({ origin: `http://${host}`, "sec-fetch-site": "same-origin" }), 200],
    ["the public origin alone, without Sec-Fetch-Site", () => ({ origin: PUBLIC_URL }), 200],
    ["this service, without Sec-Fetch-Site", (host: string) => ({ origin: `http://${host}` }), 200],
    ["a page that hides its origin", () => ({ origin: "null", "sec-fetch-site": "same-origin" }), 200],
    ["another site", () => ({ origin: "https://evil.example", "sec-fetch-site": "cross-site" }), 403],
    ["another host of this site", () => ({ origin: "https://x.example.org", "sec-fetch-site": "same-site" }), 403],
    ["another site, without Sec-Fetch-Site", () => ({ origin: "https://evil.example" }), 403],
    ["a name that begins like ours", () => ({ origin: `${PUBLIC_URL}.evil.example` }), 403],
    ["our host without TLS", () => ({ origin: "http://wms.example.org" }), 403],
    ["another site that claims our origin", () => ({ origin: PUBLIC_URL, "sec-fetch-site": "cross-site" }), 403],
    ["a sandbox", () => ({ origin: "null" }), 403],
    ["a sandbox of another site", () => ({ origin: "null", "sec-fetch-site": "cross-site" }), 403],
    ["an unknown origin", () => ({}), 403],
    ["garbage", () => ({ origin: "garbage" }), 403],
  ])("from %s", async (_what, headersAt, expected) => {
    const app = await withPassword({ PUBLIC_URL });
    const headers: Record<string, string> = headersAt(new URL(app.url).host);
    for (const method of ["POST", "PUT", "DELETE", "PATCH"])
      expect((await sendRequest(app, { ...RIGHT, ...headers }, method)).status).toBe(expected);
    expect((await sendRequest(app, { ...RIGHT, ...headers })).status).toBe(200);
  });
});

describe("without any of the settings", () => {
  test("every request to localhost passes when authentication is off", async () => {
    const app = await startGuardedApp(() => ({}));
    expect(await sendRequest(app, {})).toMatchObject({ status: 200, text: "hello localhost" });
    expect(app.requestContexts[0]?.caller?.roles).toEqual(new Set(["operator"]));
  });

  test("a request to another host name is rejected (DNS rebinding)", async () => {
    const { url } = await startGuardedApp(() => ({}));
    const port = Number(new URL(url).port);
    const statusFor = (host: string) =>
      new Promise((resolve, reject) => {
        const options = { host: "127.0.0.1", port, path: "/admin/", headers: { host } };
        request(options, (answer) => resolve(answer.resume().statusCode))
          .on("error", reject)
          .end();
      });
    expect(await statusFor(`localhost:${port}`)).toBe(200);
    expect(await statusFor(`[::1]:${port}`)).toBe(200);
    for (const host of ["evil.example", `localhost.evil.example:${port}`, "127.0.0.1.evil.example", "@"])
      expect(await statusFor(host)).toBe(403);
  });

  test.each([
    ["in production", { AUTH_DISABLED: "true", NODE_ENV: "production" }],
    ["with token authentication", { AUTH_OPENID_URL: "http://127.0.0.1:9" }],
    ["when other hosts can reach the port", { AUTH_DISABLED: "true", REST_HOST: "0.0.0.0" }],
  ])("all requests are rejected %s, and the error names the settings", async (_what, settings) => {
    const app = await startGuardedApp(() => settings as Record<string, string>);
    for (const headers of [PAGE, RIGHT, {}]) {
      const { status, text } = await sendRequest(app, headers);
      expect(status).toBe(403);
      expect(text).toMatch(/set ADMIN_USER and ADMIN_PASSWORD, or ADMIN_CLIENT_ID and PUBLIC_URL/);
    }
  });
});

test("a service guards all paths under /admin, and scripts get JSON errors", async () => {
  const service = await startTestService({ ADMIN_USER: "ada", ADMIN_PASSWORD: PASSWORD });
  const client = await createConformanceClient(service.url);
  try {
    for (const path of ["/admin", "/admin/", "/admin/queues", "/admin/queues/api/x?y=z"]) {
      const outside = await client.get(path);
      expect(outside).toMatchObject({ status: 401, reason: "operators need a name and a password" });
      const inside = await client.request("GET", path, { headers: RIGHT });
      expect(inside.status).toBe(path.includes("api/x") ? 404 : 200);
    }
    expect((await client.request("GET", "/admin/", { headers: RIGHT })).text).toContain('<a href="/admin/queues">');
    const forged = await client.request("POST", "/admin/x", { headers: RIGHT });
    expect(forged).toMatchObject({
      status: 403,
      reason: expect.stringContaining("only pages of this service"),
    });
  } finally {
    client.close();
    await service.close();
  }
});
