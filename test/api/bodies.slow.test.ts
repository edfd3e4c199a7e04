import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const MIB = 1024 * 1024;
const text = (more: object = {}) => JSON.stringify(makeWorkflowRequest([makeTaskRequest("pool-0", more)]));
/** A request as text, with JSON for `task_args` that JSON.stringify would not write. */
const textWith = (taskArgs: string) => text({ task_args: "HERE" }).replace('"HERE"', taskArgs);
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fixture.client.request("POST", "/v1/workflows", { body, headers });

describe("a body is read", () => {
  it.each([
    "application/json",
    "text/plain",
    "text/plain; charset=iso-8859-1",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "no type at all",
  ])("as JSON for any content type: %s", async (type) => {
    expect((await post(text(), { "content-type": type })).status).toBe(200);
  });

  it("with a byte order mark, in chunks, and compressed", async () => {
    expect((await post(`\ufeff${text()}`)).status).toBe(200);
    expect((await post(text(), { "transfer-encoding": "chunked" })).status).toBe(200);
    expect((await post(gzipSync(text()), { "content-encoding": "gzip" })).status).toBe(200);
    expect((await post(deflateSync(text()), { "content-encoding": "deflate" })).status).toBe(200);
  });

  it("up to 32 MiB", async () => {
    const padded = text().padEnd(32 * MIB);
    expect((await post(padded)).status).toBe(200);
    for (const longer of [Buffer.alloc(32 * MIB + 1, " "), Buffer.alloc(40 * MIB, " ")])
      expect(await post(longer)).toMatchObject({ status: 413, reason: "body: larger than 32 MiB" });
    const inflating = await post(gzipSync(Buffer.alloc(33 * MIB, " ")), { "content-encoding": "gzip" });
    expect(inflating.status).toBe(413);
    const chunked = await post(Buffer.alloc(33 * MIB, " "), { "transfer-encoding": "chunked" });
    expect(chunked.status).toBe(413);
  });

  it("only if its Content-Length is within the limit; otherwise it is refused before it arrives", async () => {
    const { hostname, port } = new URL(fixture.service.url);
    const outgoing = httpRequest({ hostname, port, method: "POST", path: "/v1/workflows" });
    outgoing.setHeader("content-length", 10 ** 12).flushHeaders();
    const [{ statusCode, statusMessage }] = (await once(outgoing, "response")) as [IncomingMessage];
    outgoing.on("error", () => undefined).destroy();
    expect([statusCode, statusMessage]).toEqual([413, "body: larger than 32 MiB"]);
  });

  it("up to the number of bytes of a setting", async () => {
    const small = await startApiFixture({ REQUEST_MAX_BYTES: "2000" });
    try {
      const body = text().padEnd(2000);
      expect((await small.client.post("/v1/workflows", body)).status).toBe(200);
      expect(await small.client.post("/v1/workflows", `${body} `)).toMatchObject({
        status: 413,
        reason: "body: larger than 2000 bytes",
      });
    } finally {
      await small.close();
    }
  });

  it("with characters of all kinds", async () => {
    const task_args = "\u0000\u0007\n\u007f\u0085é \u{1f600} \uffff";
    const { body } = await fixture.client.post<CreatedWorkflow>("/v1/workflows", text({ task_args }));
    expect(body.task_directives[0]?.task_args).toBe(task_args);
    const { body: read } = await fixture.client.get(`/v1/task-directives/${body.task_directives[0]?.task_id}`);
    expect(read.task_args).toBe(task_args);
  });
});

describe("a body is refused", () => {
  it.each<[string, unknown, RegExp]>([
    ["no JSON", "{tasks: []}", /^body: not JSON: /],
    ["cut off", text().slice(0, -1), /^body: not JSON: /],
    ["an array", "[]", /^body: expected object, got array$/],
    ["null", "null", /^body: expected object, got null$/],
    ["a string", '"{}"', /^body: expected object, got string$/],
    ["a number", "1", /^body: expected object, got number$/],
    ["not UTF-8", Buffer.from('{"tasks":"\xe9"}', "latin1"), /^body: not UTF-8$/],
    ["UTF-16", Buffer.from(text(), "utf16le"), /^body: not JSON: /],
    ["empty", "", /^tasks: missing field; public_queue_aliases: missing field$/],
    ["blank", " \n", /^tasks: missing field; public_queue_aliases: missing field$/],
    ["a prototype", '{"__proto__":{"tasks":[],"public_queue_aliases":[]}}', /__proto__: unknown field$/],
    ["10,000 arrays deep", textWith("[".repeat(10_000) + "]".repeat(10_000)), /nested deeper than 500 levels$/],
    ["10,000 objects deep", textWith(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`), /nested deeper/],
    ["10,000 deep and cut off", `{"tasks":${"[".repeat(10_000)}`, /nested deeper than 500 levels$/],
    ["half a surrogate pair", textWith('"\\ud83d"'), /^tasks\[0\]\.task_args: holds half a surrogate pair/],
    ["the other half", textWith('"a\\uDE00b"'), /^tasks\[0\]\.task_args: holds half a surrogate pair/],
    [
      "half a surrogate pair in a key",
      text({ task_env: { HERE: "" } }).replace("HERE", "\\ud83d"),
      /^tasks\[0\]\.task_env\["\\ud83d"\]: holds half a surrogate pair/,
    ],
  ])("that is %s", async (_what, body, error) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(response.body.error).toMatch(error);
  });

  it("with a content encoding that is wrong or unknown", async () => {
    expect((await post(text(), { "content-encoding": "gzip" })).status).toBe(400);
    const { status, body } = await post(text(), { "content-encoding": "rot13" });
    expect(status).toBe(400);
    expect(body.error).toContain("rot13");
  });

  it("on routes without a body, too, if it is not an object", async () => {
    const send = (body: string) => fixture.client.request("GET", "/v1/", { body });
    expect((await send("{}")).status).toBe(200);
    expect(await send("[]")).toMatchObject({ status: 400, reason: "body: expected object, got array" });
  });
});

describe("the number of keys and values", () => {
  const statuses = (body: string) =>
    fixture.client.request("POST", "/v1/tms/statuses/taskforces", { body: `{"top_task_errors_by_taskforce":${body}}` });
  const keys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":0`).join()}}`;

  it("may be large", async () => {
    const fifty = Array.from({ length: 50 }, (_, n) => `"k${n}":${keys(9000)}`).join();
    expect((await statuses(`{${fifty}}`)).status).toBe(207);
  });

  it.each([
    ["as members of arrays", `[${"0,".repeat(1_000_000)}0]`],
    ["ten million of them", `[${"0,".repeat(10_000_000)}0]`],
    ["as keys of several objects", `[${keys(90_000)}${`,${keys(90_000)}`.repeat(5)}]`],
    ["as empty arrays", `[${"[],".repeat(500_000)}0]`],
    ["as texts that nothing separates", '""'.repeat(1_100_000)],
    ["as colons", '"":'.repeat(1_100_000)],
  ])("are too many %s", async (_how, body) => {
    expect(await statuses(body)).toMatchObject({ status: 413, reason: "body: more than 1000000 keys and values" });
  });

  it("of one object is limited, too", async () => {
    expect((await statuses(keys(250_000))).status).toBe(400);
    expect(await statuses(keys(250_001))).toMatchObject({
      status: 413,
      reason: "body: an object with more than 250000 keys",
    });
  });

  it("does not include separators inside strings", async () => {
    const small = await startApiFixture({ REQUEST_MAX_VALUES: "1000" });
    try {
      const task_args = String.raw`{"a\": [1, 2, "`.repeat(1_000);
      expect((await small.client.request("POST", "/v1/workflows", { body: text({ task_args }) })).status).toBe(200);
    } finally {
      await small.close();
    }
  });

  it("is limited by a setting", async () => {
    const small = await startApiFixture({ REQUEST_MAX_VALUES: "1000" });
    try {
      const create = (count: number) =>
        small.client.request("POST", "/v1/workflows", { body: `{"a":[${"0,".repeat(count)}0]}` });
      expect((await create(900)).status).toBe(400);
      const { status, reason } = await create(1100);
      expect([status, reason]).toEqual([413, "body: more than 1000 keys and values"]);
    } finally {
      await small.close();
    }
  });
});

describe("the body of a query", () => {
  const find = (body: unknown, headers: Record<string, string> = {}) =>
    fixture.client.request("POST", "/v1/query/taskforces", { body, headers });
  const numbers = (count: number) => `[${Array.from({ length: count }, (_, n) => n).join()}]`;
  const filter = (condition: string) => `{"query":{"cluster_id":${condition}}}`;
  const TOO_MANY_VALUES = "body: more than 20000 values outside $in, $nin and $all lists";
  const TOO_MANY_IN_LISTS = "body: more than 200000 values in $in, $nin and $all lists";

  it("has at most 4 MiB", async () => {
    const body = filter("1");
    expect((await find(body.padEnd(4 * MIB))).status).toBe(200);
    const tooLarge = { status: 413, reason: "body: larger than 4 MiB" };
    const longer = body.padEnd(4 * MIB + 1);
    expect(await find(longer)).toMatchObject(tooLarge);
    expect(await find(longer, { "transfer-encoding": "chunked" })).toMatchObject(tooLarge);
    expect(await find(gzipSync(longer), { "content-encoding": "gzip" })).toMatchObject(tooLarge);
  });

  it("has at most QUERY_MAX_BODY_BYTES", async () => {
    const small = await startApiFixture({ QUERY_MAX_BODY_BYTES: "2000" });
    try {
      const send = (length: number) =>
        small.client.request("POST", "/v1/query/workflows", { body: filter("1").padEnd(length) });
      expect((await send(2000)).status).toBe(200);
      expect(await send(2001)).toMatchObject({ status: 413, reason: "body: larger than 2000 bytes" });
    } finally {
      await small.close();
    }
  });

  it.each(["$in", "$nin", "$all"])("may hold 200,000 values in the list of %s", async (operator) => {
    expect((await find(filter(`{"${operator}":${numbers(200_000)}}`))).status).not.toBe(413);
    expect(await find(filter(`{"${operator}" :\n ${numbers(200_002)}}`))).toMatchObject({
      status: 413,
      reason: TOO_MANY_IN_LISTS,
    });
  });

  it.each([
    ["members of other lists", filter(`{"$eq":${numbers(20_001)}}`)],
    ["keys", filter(`{"$eq":{${Array.from({ length: 10_001 }, (_, n) => `"k${n}":0`).join()}}}`)],
    ["lists in a list", filter(`{"$in":[${"[1],".repeat(10_001)}1]}`)],
    ["a list that does not hold scalars only", filter(`{"$in":[${"1,".repeat(20_001)}{}]}`)],
    ["a list that is the value of a similar key", filter(`{"a$in":${numbers(20_001)}}`)],
    ["projections", `{"query":{},"projection":${numbers(20_001)}}`],
    ["texts that nothing separates", '""'.repeat(1_100_000)],
  ])("holds at most 20,000 other values: %s", async (_what, body) => {
    expect(await find(body)).toMatchObject({ status: 413, reason: TOO_MANY_VALUES });
  });

  it("is refused for its values before the rest of it is read as JSON", async () => {
    expect((await find(`{"query":{"a":[${"0,".repeat(20_001)}`)).reason).toBe(TOO_MANY_VALUES);
  });
});

describe("the error lists at most a few issues:", () => {
  it.each<[string, string, RegExp]>([
    [
      "tasks without fields",
      `{"tasks":[${"{},".repeat(100_000)}{}],"public_queue_aliases":[]}`,
      /^tasks\[0\]\.cluster_locations: missing field; .*; and more$/,
    ],
    [
      "a bad alias behind many good ones",
      JSON.stringify(
        makeWorkflowRequest([], { public_queue_aliases: [...Array(50).keys(), null].map(String) }),
      ).replace('"null"', "null"),
      /^public_queue_aliases\[50\]: expected string, got null$/,
    ],
    [
      "the same alias again and again",
      JSON.stringify(
        makeWorkflowRequest([makeTaskRequest("pool-0")], {
          public_queue_aliases: Array<string>(100_000).fill("a"),
        }),
      ),
      /^public_queue_aliases\[1\]: repeats entry 0; .*; and more$/,
    ],
    [
      "an unknown field beside many good tasks",
      JSON.stringify({
        ...makeWorkflowRequest(
          Array.from({ length: 30 }, (_, n) => makeTaskRequest("pool-0", { task_args: String(n) })),
        ),
        bogus: 1,
        priority: "high",
      }),
      /^priority: expected integer, got string; bogus: unknown field$/,
    ],
    [
      "a task that repeats one of many",
      JSON.stringify(
        makeWorkflowRequest(
          Array.from({ length: 30 }, (_, n) => makeTaskRequest("pool-0", { task_args: String(n % 29) })),
        ),
      ),
      /^tasks\[29\]: repeats entry 0$/,
    ],
    [
      "an array of no texts for the pilot",
      text({
        pilot_config: {
          tag: "latest",
          image_source: "cvmfs",
          environment: { A: Array<number>(100_000).fill(0) },
          input_files: [],
        },
      }),
      /^tasks\[0\]\.pilot_config\.environment\.A\[0\]: expected string, got number; .*; and more$/,
    ],
    [
      "unknown fields",
      `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":0`).join()}}`,
      /^tasks: missing field; .*; k0: unknown field; and more$/,
    ],
  ])("%s", async (_what, body, error) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(response.body.error).toMatch(error);
  });

  it("taskforces without statuses", async () => {
    const body = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`TF-${n}`, 0]));
    const { status, reason } = await fixture.client.post("/v1/tms/statuses/taskforces", {
      top_task_errors_by_taskforce: body,
    });
    expect(status).toBe(400);
    expect(reason).toMatch(/^top_task_errors_by_taskforce\.TF-0: expected object, got number; .*; and more$/);
  });
});

it("an escaped surrogate pair is one character", async () => {
  const { body } = await fixture.client.post<CreatedWorkflow>("/v1/workflows", textWith('"\\ud83d\\ude00"'));
  expect(body.task_directives[0]?.task_args).toBe("\u{1f600}");
});

it("a body cannot pollute the prototypes of the service", async () => {
  await post('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});
