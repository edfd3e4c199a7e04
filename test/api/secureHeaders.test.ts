import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ REQUEST_MAX_BYTES: "1024" });
});
afterAll(() => fixture.close());

const SECURE = {
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cache-control": "no-store",
};

it.each<[string, string, number, unknown?]>([
  ["GET", "/v1/", 200],
  ["GET", "/healthz", 200],
  ["GET", "/v1/schema/openapi", 200],
  ["POST", "/v1/query/workflows", 200, { query: {} }],
  ["POST", "/v1/query/workflows", 400],
  ["POST", "/v1/query/workflows", 413, { query: { a: "x".repeat(1024) } }],
  ["GET", "/v1/workflows/WF-1", 404],
  ["GET", "/nope", 404],
  ["DELETE", "/v1/", 405],
])("%s %s with status %i has security headers and is not cached", async (method, path, status, body) => {
  const response = await fixture.client.request(method, path, { body });
  expect(response.status).toBe(status);
  expect(response.headers).toMatchObject(SECURE);
});

it.each(["hello\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n"])(
  "the response to %j has them, too",
  async (bytes) => {
    const { hostname, port } = new URL(fixture.service.url);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const head = (await text(socket)).toLowerCase();
    for (const [name, value] of Object.entries(SECURE))
      expect(head).toContain(`\r\n${name}: ${value.toLowerCase()}\r\n`);
  },
);

it("the pages of the documentation have their own policy, and may be cached", async () => {
  for (const path of ["/docs/", "/docs/swagger-ui.css"]) {
    const { status, headers } = await fixture.client.get(path);
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toContain("script-src 'self'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["cache-control"]).not.toBe("no-store");
  }
});
