import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import type { ConformanceClient } from "./conformanceClient.js";

let fixture: ApiFixture;
let api: ConformanceClient;
beforeAll(async () => {
  fixture = await startApiFixture();
  api = fixture.client;
});
afterAll(() => fixture.close());

interface RawResponse {
  statusLine: string;
  head: string;
  body: string;
}

/** Sends bytes and reads the response, as Latin-1, until the service closes the connection. */
function sendRaw(bytes: string): Promise<RawResponse> {
  const { hostname, port } = new URL(fixture.service.url);
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes, "latin1"));
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      received += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => {
      const [head = "", ...bodies] = received.split("\r\n\r\n");
      const [statusLine = "", ...lines] = head.split("\r\n");
      resolve({ statusLine, head: lines.join("\n").toLowerCase(), body: bodies.join("\r\n\r\n") });
    });
  });
}

const get = (path: string) => sendRaw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

describe("the reason phrase", () => {
  it("is Latin-1 on the wire for any text of the body", async () => {
    const { statusLine, body } = await get("/v1/workflows/%C3%BC%C3%9F%C2%B5");
    expect(statusLine).toBe("HTTP/1.1 404 no workflow found with id: \xfc\xdf\xb5");
    expect(JSON.parse(Buffer.from(body, "latin1").toString())).toEqual({
      code: 404,
      error: "no workflow found with id: üßµ",
    });
  });

  it("has one ? for each control character and each character beyond Latin-1", async () => {
    const { statusLine, body } = await get("/v1/workflows/a%0D%0AX-Injected:%201%00%1B%7F%C2%85%E2%82%AC%F0%9F%98%80z");
    expect(statusLine).toBe("HTTP/1.1 404 no workflow found with id: a??X-Injected: 1??????z");
    expect(JSON.parse(Buffer.from(body, "latin1").toString()).error).toBe(
      "no workflow found with id: a\r\nX-Injected: 1\0\x1b\x7f\x85€😀z",
    );
  });

  it("ends after 500 characters, and the body's text after 1000", async () => {
    const { statusLine, body } = await get(`/v1/workflows/${"%C3%A9".repeat(1500)}`);
    const prefix = "no workflow found with id: ";
    expect(statusLine).toBe(`HTTP/1.1 404 ${prefix}${"\xe9".repeat(500 - prefix.length)}`);
    expect(JSON.parse(Buffer.from(body, "latin1").toString()).error).toBe(
      `${prefix}${"é".repeat(997 - prefix.length)}...`,
    );
  });

  it("does not halve a character where the text is cut", async () => {
    const prefix = "no workflow found with id: ";
    for (const shift of ["", "a"]) {
      const { body } = await api.get(`/v1/workflows/${shift}${"%F0%9F%98%80".repeat(800)}`);
      expect(body.error).toMatch(/^no workflow found with id: a?(😀)+\.\.\.$/u);
      expect(body.error.length).toBeGreaterThan(1000 - prefix.length);
    }
  });
});

describe("an unknown path", () => {
  it.each(["/", "/v2/", "/v1/nope", "/v1/workflows/a/b", "/v1/workflows/a/actions/nope", "/V1/workflows", "//v1/"])(
    "%s is a 404 for every method",
    async (path) => {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
        expect(await api.request(method, path)).toMatchObject({
          status: 404,
          body: { code: 404, error: `path not found: ${path}` },
        });
    },
  );

  it("with a malformed escape is a 400", async () => {
    const { status, body } = await api.get("/v1/workflows/%zz");
    expect(status).toBe(400);
    expect(body.error).toContain("%zz");
  });
});

describe("a wrong method", () => {
  it("is a 405 that names the allowed ones, on every route", async () => {
    for (const [template, operations] of Object.entries(api.document.paths)) {
      const path = template.replace(/\{\w+\}/g, "x");
      const reads = template.includes("/pending-") ? "GET" : "GET, HEAD";
      const methods = Object.keys(operations).map((method) => (method === "get" ? reads : method.toUpperCase()));
      const allow = methods.join(", ");
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        if (allow.split(", ").includes(method)) continue;
        const response = await api.request(method, path);
        expect(response).toMatchObject({ status: 405, headers: { allow } });
      }
    }
  });

  it("is named in the body", async () => {
    expect((await api.request("DELETE", "/v1/workflows/x")).body).toEqual({
      code: 405,
      error: "method not allowed: DELETE; allowed: GET, HEAD",
    });
  });
});

it("HEAD is GET without a body", async () => {
  const [head, whole] = [await api.request("HEAD", "/v1/"), await api.get("/v1/")];
  expect(head).toMatchObject({ status: 200, text: "" });
  expect(head.headers["content-length"]).toBe(whole.headers["content-length"]);
});

it("GET /v1/ is an empty object, and needs no slash at the end", async () => {
  for (const path of ["/v1/", "/v1"]) expect((await api.get(path)).text).toBe("{}");
});

it.each(["?a=1", "?a=1&a=2", "?__proto__=1", "?query[x]=1", "?%zz", "?"])(
  "the query %s is ignored on a route without parameters",
  async (query) => {
    const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
    expect((await api.get(`/v1/workflows/${workflow.workflow_id}${query}`)).status).toBe(200);
  },
);

describe("malformed HTTP", () => {
  it.each([
    ["not HTTP", "hello\r\n\r\n", 400],
    ["an unknown method", "BREW /v1/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
    ["an invalid address", "GET http://x:80http://x/v1/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400],
    ["an unknown version", "GET /v1/ HTTP/9.9\r\nHost: localhost\r\n\r\n", 400],
    ["a head without a host", "GET /v1/ HTTP/1.1\r\n\r\n", 400],
    ["a header without a name", "GET /v1/ HTTP/1.1\r\nHost: localhost\r\n: y\r\n\r\n", 400],
    [
      "two lengths",
      "POST /v1/workflows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
      400,
    ],
    [
      "a length and chunks",
      "POST /v1/workflows HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
      400,
    ],
    ["a bad chunk", "POST /v1/workflows HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
    ["a head that is too large", `GET /v1/ HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a path that is too long", `GET /v1/taskforces/${"x".repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    ["an unknown expectation", "GET /v1/ HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n", 417],
    ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n", 405],
  ])("(%s) gets an error response of the same format, and the connection is closed", async (_what, bytes, status) => {
    const { statusLine, head, body } = await sendRaw(bytes);
    const { code, error, ...rest } = JSON.parse(body);
    expect(statusLine).toBe(`HTTP/1.1 ${status} ${error}`);
    expect([code, rest]).toEqual([status, {}]);
    expect(head).toContain("content-type: application/json");
    expect(head).toContain("connection: close");
    expect(head).toContain(`content-length: ${Buffer.byteLength(body, "latin1")}`);
  });
});

it("malformed input after a request is rejected after the response to that request", async () => {
  const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
  const abort = `/v1/workflows/${workflow.workflow_id}/actions/abort`;
  const { statusLine, body } = await sendRaw(`POST ${abort} HTTP/1.1\r\nHost: localhost\r\n\r\n{"a": 1}`);
  expect(statusLine).toBe("HTTP/1.1 200 OK");
  expect(body).toMatch(/^{"workflow_id":"WF-.*","n_taskforces":1}HTTP\/1\.1 400 malformed HTTP request\r\n/);
});

it("a malformed request gets a response even if megabytes of it are still arriving", async () => {
  const body = "x".repeat(8 * 1024 * 1024);
  const { statusLine } = await sendRaw(
    `GET  HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  expect(statusLine).toBe("HTTP/1.1 400 malformed HTTP request");
});

it("an idle connection stays open for at least 75 s", async () => {
  const { headers } = await api.get("/v1/");
  expect(headers.connection).toBe("keep-alive");
  const [, seconds] = /^timeout=(\d+)$/.exec(String(headers["keep-alive"])) ?? [];
  expect(Number(seconds)).toBeGreaterThanOrEqual(75);
});

it("responses name no software and have no ETag", async () => {
  for (const path of ["/v1/", "/v1/nope", "/docs/"]) {
    const { headers } = await api.get(path);
    expect(headers).not.toHaveProperty("x-powered-by");
    if (!path.startsWith("/docs")) expect(headers).not.toHaveProperty("etag");
  }
});

it("/healthz and /readyz report that the service is up", async () => {
  expect(await api.get("/healthz")).toMatchObject({ status: 200, body: { status: "alive" } });
  expect(await api.get("/readyz")).toMatchObject({ status: 200, body: { status: "ready" } });
});
