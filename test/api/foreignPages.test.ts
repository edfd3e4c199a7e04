import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/config.js";
import { sendRequest } from "../setup/http.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { createConformanceCheck, createConformanceClient } from "./conformanceClient.js";

const PUBLIC_URL = "https://wms.example.org";
const PATHS = [
  ["GET", "/v1/"],
  ["GET", "/v1/tms/pending-starter/taskforces?schedd=SCHEDD1"],
  ["POST", "/v1/query/workflows"],
  ["POST", "/v1/workflows"],
  ["GET", "/v1/schema/openapi"],
  ["GET", "/v1/events"],
  ["GET", "/metrics"],
  ["GET", "/metrics/"],
  ["GET", "/docs/"],
  ["GET", "/admin/"],
  ["GET", "/healthz"],
  ["GET", "/readyz"],
  ["GET", "/"],
  ["GET", "/nope"],
  ["OPTIONS", "/v1/workflows"],
] as const;

const BROWSER = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64)" };
const FOREIGN: [string, Record<string, string>][] = [
  ["another site", { "sec-fetch-site": "cross-site" }],
  ["another host of the site", { "sec-fetch-site": "same-site" }],
  ["another origin, by an old browser", { origin: "https://evil.example" }],
  ["a sandboxed page", { origin: "null" }],
  ["our host with another port", { origin: "http://localhost:1" }],
  ["a page that claims our origin", { origin: PUBLIC_URL, "sec-fetch-site": "cross-site" }],
  [
    "a frame of another site",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  ],
  ["another site under its own name", { host: "evil.example" }],
  ["DNS rebinding", { host: "evil.example:8080", origin: "http://evil.example:8080", "sec-fetch-site": "same-origin" }],
  ["a name that begins like ours", { host: "localhost.evil.example" }],
  ["the address that means any", { host: "0.0.0.0:8080" }],
  ["another name of this address", { host: "[::ffff:127.0.0.1]" }],
  ["garbage", { host: "a@localhost" }],
];

const statusOf = async (url: string, method: string, headers: Record<string, string>): Promise<number> =>
  (await sendRequest(url, { method, headers, ...(method === "POST" && { body: "{}" }) })).status;

describe("without token checks", () => {
  let service: TestService;
  let check: ReturnType<typeof createConformanceCheck>;
  beforeAll(async () => {
    service = await startTestService({ PUBLIC_URL, ALLOWED_HOSTS: "wms, Node.example.org:8080,[2001:db8::7]" });
    const client = await createConformanceClient(service.url);
    check = createConformanceCheck(client.document);
    client.close();
  });
  afterAll(() => service.close());

  it.each(FOREIGN)("every request from %s is a 403", async (_who, headers) => {
    for (const [method, path] of PATHS) {
      const response = await sendRequest(service.url + path, { method, headers: { ...BROWSER, ...headers } });
      expect({ path, status: response.status }).toEqual({ path, status: 403 });
      expect(response.reason).toMatch(/ALLOWED_HOSTS|PUBLIC_URL/);
      check(method, path.split("?")[0] ?? "", response as Parameters<typeof check>[2]);
    }
  });

  it.each([
    ["a program", {}],
    ["Node's fetch", { "sec-fetch-mode": "cors" }],
    ["a person who typed the address", { ...BROWSER, "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
    ["a page of the service", { ...BROWSER, "sec-fetch-site": "same-origin" }],
    ["a page at PUBLIC_URL, behind a proxy", { ...BROWSER, origin: PUBLIC_URL, "sec-fetch-site": "same-origin" }],
    ["a client of PUBLIC_URL", { host: "wms.example.org" }],
    ["a client of another port", { host: "localhost:1" }],
    ["a client of ::1", { host: "[::1]:8080" }],
    ["a client of an allowed host", { host: "wms:8080" }],
    ["a client of an allowed host in capitals, with a final dot", { host: "NODE.example.org.:80" }],
    ["a client of an allowed address", { host: "[2001:DB8::7]:80" }],
  ] as [string, Record<string, string>][])("requests of %s are served", async (_who, headers) => {
    // Operators' pages need more than that here.
    for (const [method, path] of PATHS.filter(([, path]) => path !== "/admin/" && path !== "/"))
      expect([path, await statusOf(service.url + path, method, headers)]).not.toEqual([path, 403]);
  });

  it("a page at the origin of the request's Host is the service's own", async () => {
    const headers = { ...BROWSER, origin: service.url, "sec-fetch-site": "same-origin" };
    expect(await statusOf(`${service.url}/v1/query/workflows`, "POST", headers)).toBe(400);
  });

  it("a link on another site opens pages in a tab, nothing else", async () => {
    const link = {
      ...BROWSER,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    };
    const headers = { ...link, accept: "text/html" };
    for (const path of ["/", "/workflows/WF-1", "/schedds/x", "/system", "/docs/", "/admin/"])
      expect([path, await statusOf(service.url + path, "GET", headers)]).toEqual([path, 200]);
    for (const path of ["/v1/", "/metrics", "/readyz", "/v1/tms/pending-starter/taskforces?schedd=x", "/assets/x.js"])
      expect([path, await statusOf(service.url + path, "GET", headers)]).toEqual([path, 403]);
    expect(await statusOf(`${service.url}/`, "POST", headers)).toBe(403);
  });

  it("a browser that hides the sender of a request takes no lease", async () => {
    const url = `${service.url}/v1/tms/pending-starter/taskforces?schedd=SCHEDD1`;
    expect(await statusOf(url, "GET", BROWSER)).toBe(403);
    expect(await statusOf(url, "GET", { ...BROWSER, referer: "http://evil.example/" })).toBe(403);
    expect(await statusOf(url, "GET", { ...BROWSER, referer: `${service.url}/docs/` })).toBe(200);
  });
});

describe("on an address that other hosts reach, without token checks", () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService({ REST_HOST: "0.0.0.0", AUTH_DISABLED: "true" });
  });
  afterAll(() => service.close());

  it.each([
    ["192.0.2.7:8080", 200],
    ["[2001:db8::7]:8080", 200],
    ["localhost", 200],
    ["0.0.0.0", 403],
    ["[::]", 403],
    ["[::ffff:7f00:1]", 403],
    ["wms", 403],
    ["192.0.2.7.evil.example", 403],
  ])("a request for %s is a %i", async (host, status) => {
    expect(await statusOf(`${service.url}/v1/`, "GET", { host })).toBe(status);
    expect(await statusOf(`${service.url}/metrics`, "GET", { host })).toBe(status);
  });
});

describe("where a token is needed it alone decides", () => {
  const FOREIGN_HEADERS = { host: "evil.example", "sec-fetch-site": "cross-site", origin: "https://evil.example" };

  it("for the API; the metrics without a token are still guarded", async () => {
    const service = await startTestService({ AUTH_OPENID_URL: "http://127.0.0.1:9" });
    try {
      expect(await statusOf(`${service.url}/v1/`, "GET", FOREIGN_HEADERS)).toBe(401);
      expect(await statusOf(`${service.url}/healthz`, "GET", FOREIGN_HEADERS)).toBe(200);
      expect(await statusOf(`${service.url}/metrics`, "GET", FOREIGN_HEADERS)).toBe(403);
      expect(await statusOf(`${service.url}/metrics`, "GET", {})).toBe(200);
    } finally {
      await service.close();
    }
  });

  it("for the metrics", async () => {
    const service = await startTestService({ METRICS_TOKEN: "scraper-token" });
    try {
      const authorization = "Bearer scraper-token";
      expect(await statusOf(`${service.url}/metrics`, "GET", { host: "web:8080", authorization })).toBe(200);
      expect(await statusOf(`${service.url}/metrics`, "GET", FOREIGN_HEADERS)).toBe(401);
      expect(await statusOf(`${service.url}/v1/`, "GET", { host: "web:8080", authorization })).toBe(403);
    } finally {
      await service.close();
    }
  });
});

it.each(["*", "*.example.org", "a b", "http://a", "a,,b"])("ALLOWED_HOSTS=%s is refused", (ALLOWED_HOSTS) => {
  expect(() => readConfig({ ALLOWED_HOSTS })).toThrow(/^ALLOWED_HOSTS: is not a comma-separated list of host names/);
});
