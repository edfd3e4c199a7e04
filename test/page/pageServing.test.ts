import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import express from "express";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServer } from "../../src/api/http/httpServer.js";
import { DrainController, trackRequests } from "../../src/api/http/requestContext.js";
import { readBuiltPage, workflowPages } from "../../src/api/page/workflowPages.js";
import { closeServer, listen } from "../../src/app/httpListener.js";
import { startTestService, type TestService } from "../setup/testService.js";

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const PASSWORD = { ADMIN_USER: "ada", ADMIN_PASSWORD: "enchantress" };
const CREDENTIALS = { authorization: `Basic ${Buffer.from("ada:enchantress").toString("base64")}` };
/** Maximum size of the first load in bytes, with gzip. */
const MAX_BYTES = 100 * 1024;

let open: TestService;
let guarded: TestService;
beforeAll(async () => {
  [open, guarded] = await Promise.all([startTestService(), startTestService(PASSWORD)]);
});
afterAll(() => Promise.all([open.close(), guarded.close()]));

const get = (path: string, headers: Record<string, string> = HTML, { url } = open) =>
  fetch(url + path, { headers, redirect: "manual" });
const assetsOf = (html: string) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);

describe("the page", () => {
  it.each([
    "/",
    "/?state=running",
    "/workflows/WF-0-00000000",
    "/schedds",
    "/schedds/a%20b/c",
    "/system",
    "/submit?clone=WF-1",
  ])("is served at %s to a browser, without caching", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache, private");
    expect(await response.text()).toContain('<div id="page">');
  });

  it("loads assets with hashed names, cached forever, only from the service", async () => {
    const paths = assetsOf(await (await get("/")).text());
    expect(paths.length).toBeGreaterThanOrEqual(3);
    for (const path of paths) {
      expect(path).toMatch(/^\/assets\/[\w-]+-[\w-]{8}\.(js|css|svg)$/);
      const response = await get(path, { accept: "*/*" });
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
      expect(await response.text()).not.toMatch(/@import|url\(["']?https?:/);
    }
  });

  it("has a first load of at most 100 KiB", async () => {
    const html = await (await get("/")).text();
    const bodies = await Promise.all(assetsOf(html).map(async (path) => (await get(path)).arrayBuffer()));
    const bytes = [Buffer.from(html), ...bodies.map((body) => Buffer.from(body))]
      .map((body) => gzipSync(body).length)
      .reduce((sum, length) => sum + length, 0);
    console.error(`the page's first load: ${(bytes / 1024).toFixed(1)} KiB, gzip`);
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  it("allows no inline scripts or styles, and no frames", async () => {
    const { headers } = await get("/");
    const rules = headers.get("content-security-policy") ?? "";
    expect(rules.split(";")).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]),
    );
    expect(rules).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(await (await get("/")).text()).not.toMatch(/<style|<script(?![^>]*src=)|\son\w+=|style=/);
  });

  it("does not change other paths", async () => {
    const json = { accept: "application/json" };
    for (const path of ["/", "/workflows/WF-0-00000000", "/schedds"])
      expect(await (await get(path, json)).json()).toEqual({ code: 404, error: `path not found: ${path}` });
    for (const path of ["/workflowsx", "/nothing", "/assets/index.js", "/assets/../package.json"])
      expect((await get(path)).status).toBe(404);
    expect(await (await get("/v1/")).json()).toEqual({});
    expect((await get("/healthz")).status).toBe(200);
    expect((await get("/docs/")).headers.get("content-security-policy")).toContain("unsafe-inline");
    expect((await fetch(`${open.url}/`, { method: "POST", headers: HTML })).status).toBe(404);
  });
});

describe("with operator authentication", () => {
  it("requires a login, and contains the name and the role of the operator", async () => {
    for (const path of ["/", "/workflows/x", "/assets/index.js"])
      expect((await get(path, HTML, guarded)).status).toBe(401);
    const html = await (await get("/", { ...HTML, ...CREDENTIALS }, guarded)).text();
    expect(html).toContain('<meta name="signed-in-as" content="ada">');
    expect(html).toContain('<meta name="roles" content="operator">');
    expect(html).not.toContain('name="exit"');
  });
});

it("without a built page, the service shows how to build it", async () => {
  const app = express();
  app.use(trackRequests([], new DrainController()));
  const empty = await mkdtemp(join(tmpdir(), "wms-test-"));
  const operators = {
    pageGuard: (_: unknown, __: unknown, next: () => void) => next(),
    logoutPath: undefined,
  };
  app.use(workflowPages(operators, readBuiltPage("", [`${empty}/`])));
  const server = createServer(app);
  onTestFinished(() => closeServer(server, AbortSignal.timeout(5000)));
  const response = await fetch(await listen(server, "127.0.0.1", 0), { headers: HTML });
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(/npm run build.*href="\/docs\/"/s);
});
