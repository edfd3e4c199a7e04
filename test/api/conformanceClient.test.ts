import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeServer, listen } from "../../src/app/httpListener.js";
import { type ConformanceClient, createConformanceClient } from "./conformanceClient.js";

/** The next response of the server below. */
let next: { status: number; reason?: string; body: unknown };

const document = {
  openapi: "3.1.0",
  paths: {
    "/v1/things/{id}": {
      get: {
        responses: {
          200: {
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  properties: { n: { type: "integer" } },
                  additionalProperties: false,
                },
              },
            },
          },
          404: {
            content: { "application/json": { schema: { $ref: "#/components/schemas/ErrorResponse" } } },
          },
        },
      },
    },
  },
  components: {
    schemas: {
      ErrorResponse: {
        type: "object",
        properties: { code: { type: "integer" }, error: { type: "string" } },
        required: ["code", "error"],
        additionalProperties: false,
      },
    },
  },
};

const server = createServer(({ url }, response) => {
  const { status, reason, body } = url === "/v1/schema/openapi" ? { status: 200, reason: "OK", body: document } : next;
  response
    .writeHead(status, reason ?? "OK", { "content-type": "application/json" })
    .end(Buffer.from(JSON.stringify(body)));
});
let client: ConformanceClient;
beforeAll(async () => {
  client = await createConformanceClient(await listen(server, "127.0.0.1", 0));
});
afterAll(async () => {
  client.close();
  await closeServer(server, AbortSignal.timeout(5000));
});

describe("the client of the route tests", () => {
  it.each([
    ["/v1/things/1", { status: 200, body: { n: 1 } }],
    ["/v1/things/1?a=b", { status: 200, body: {} }],
    ["/v1/things/1", { status: 404, reason: "no ? here \xe9", body: { code: 404, error: "no 😀 here é" } }],
    ["/nowhere", { status: 404, reason: "nothing", body: { code: 404, error: "nothing" } }],
  ])("accepts from %s the response %j", async (path, answer) => {
    next = answer;
    expect(await client.get(path)).toMatchObject({ status: answer.status, body: answer.body });
  });

  it.each([
    ["a wrong type", "/v1/things/1", { status: 200, body: { n: "1" } }, /must be integer/],
    ["an undocumented field", "/v1/things/1", { status: 200, body: { m: 1 } }, /must NOT have additional/],
    ["an undocumented status", "/v1/things/1", { status: 202, body: {} }, /is not in the document/],
    ["an error of another shape", "/nowhere", { status: 404, body: { error: "x" } }, /required property 'code'/],
    ["another code", "/nowhere", { status: 404, reason: "x", body: { code: 400, error: "x" } }, /code 400/],
    ["another reason phrase", "/nowhere", { status: 404, reason: "y", body: { code: 404, error: "x" } }, /reason y/],
  ])("refuses %s", async (_what, path, answer, error) => {
    next = answer;
    await expect(client.get(path)).rejects.toThrow(error);
  });
});
