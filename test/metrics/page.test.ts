import { createServer, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isLocalRequest } from "../../src/api/routes/metricsEndpoint.js";
import { listen } from "../../src/app/httpListener.js";
import { startServiceScenario } from "../scenarios/serviceScenario.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { type Scrape, scrape } from "./scrape.js";

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const get = (headers: Record<string, string> = {}, method = "GET", url = service.url) =>
  fetch(`${url}/metrics`, { method, headers });

describe("without METRICS_TOKEN", () => {
  it("the metrics are in Prometheus' text format for programs on this machine", async () => {
    const response = await get();
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(await response.text()).toContain("\nwms_redis_up 1\n");
  });

  it.each(["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"])(
    "they are a 403 for a request through a proxy (%s), which may forward remote clients",
    async (header) => {
      const response = await get({ [header]: "192.0.2.1" });
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual({ code: 403, error: expect.stringContaining("METRICS_TOKEN") });
    },
  );

  it.each([
    ["127.0.0.1", true],
    ["127.8.9.10", true],
    ["::1", true],
    ["::ffff:127.0.0.1", true],
    ["192.168.1.2", false],
    ["128.0.0.1", false],
    ["::ffff:10.0.0.1", false],
    ["2001:db8::1", false],
    ["::", false],
    [undefined, false],
  ])("an address of %s is on this machine: %s", (address, here) => {
    expect(isLocalRequest(address, {})).toBe(here);
  });

  it("HEAD has a response without a body, and every other method is a 405", async () => {
    const head = await get({}, "HEAD");
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await get({}, "POST");
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe("with METRICS_TOKEN", () => {
  const token = "s3cret/of+a~scraper=";
  let guarded: TestService;
  beforeAll(async () => {
    guarded = await startTestService({ METRICS_TOKEN: token });
  });
  afterAll(() => guarded.close());

  it.each([undefined, "", token, `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, "Bearer "])(
    "Authorization: %s is a 401 that asks for a bearer token and names none",
    async (authorization) => {
      const response = await get(authorization === undefined ? {} : { authorization }, "GET", guarded.url);
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(await response.text()).not.toContain(token);
    },
  );

  it("the right token gives access from any address", async () => {
    for (const scheme of ["Bearer", "bearer"]) {
      const headers = { authorization: `${scheme} ${token}`, "x-forwarded-for": "192.0.2.1" };
      expect((await get(headers, "GET", guarded.url)).status).toBe(200);
    }
  });
});

/** Sends a request with any method and path. */
function probe(url: string, method: string, path: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path }, (incoming) => {
      incoming.resume().on("end", resolve);
    });
    outgoing.on("error", reject).end();
  });
}

const requestsIn = (seen: Scrape) => seen.find("wms_http_request_duration_seconds_count");

describe("input of clients creates no labels", () => {
  it("unknown paths, and ids, share one series", async () => {
    const before = requestsIn(await scrape(service.url)).length;
    for (let n = 0; n < 30; n++) {
      await probe(service.url, "GET", `/probe-${n}/.env`);
      await probe(service.url, "GET", `/v1/taskforces/TF-${n}`);
    }
    const seen = await waitForValue(
      "all requests are counted",
      () => scrape(service.url),
      (now) =>
        now.value("wms_http_request_duration_seconds_count", { route: "none", method: "GET" }) === 30 &&
        now.value("wms_http_request_duration_seconds_count", { route: "/v1/taskforces/{taskforce_uuid}" }) === 30,
    );
    expect(requestsIn(seen).length).toBeLessThanOrEqual(before + 3);
    expect(seen.text).not.toMatch(/probe-|TF-/);
  });

  it("unknown methods share one series", async () => {
    for (const method of ["PUT", "DELETE", "PROPFIND", "PURGE", "M-SEARCH"])
      await probe(service.url, method, "/v1/workflows");
    await waitForValue(
      "all requests are counted",
      () => scrape(service.url),
      (now) => now.value("wms_http_request_duration_seconds_count", { method: "other", code: "405" }) === 5,
    );
  });
});

it("the error for a port in use names its setting", async () => {
  const { hostname, port } = new URL(service.url);
  await expect(listen(createServer(), hostname, Number(port), "METRICS_PORT")).rejects.toThrow(
    /^METRICS_PORT: .* is in use by another program; .* set METRICS_PORT$/,
  );
});

it("a schedd's name of any characters is a label", async () => {
  const schedd = 'the "old" one\\of\nmine, {schedd="x"}';
  const scenario = await startServiceScenario({ CLUSTER_LOCATIONS: JSON.stringify({ "pool-0": { schedd } }) });
  try {
    await scenario.createPending({ location: "pool-0", schedd, createTms: scenario.tms(schedd) });
    const seen = await waitForValue(
      "the taskforce and its job are counted",
      () => scrape(scenario.url),
      (now) =>
        now.value("wms_taskforces", { schedd, phase: "pending-starter" }) === 1 &&
        now.value("wms_queue_jobs", { schedd, queue: "starter", state: "waiting" }) === 1,
    );
    expect(seen.text).toContain(String.raw`schedd="the \"old\" one\\of\nmine, {schedd=\"x\"}"`);
  } finally {
    await scenario.close();
  }
});
