import { deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Created, type Scenario, startScenario, task, workflowOf } from "./scenario.js";

let scenario: Scenario;
beforeAll(async () => {
  scenario = await startScenario();
});
afterAll(() => scenario.close());

const MIB = 1024 * 1024;
const text = (more: object = {}) => JSON.stringify(workflowOf([task("pool-0", more)]));
/** A request as text, with something in it that JSON.stringify would not write. */
const textWith = (taskArgs: string) => text({ task_args: "HERE" }).replace('"HERE"', taskArgs);
const post = (body: unknown, headers: Record<string, string> = {}) =>
  scenario.api.request("POST", "/v1/workflows", { body, headers });

describe("a body is read", () => {
  it.each([
    "application/json",
    "text/plain",
    "text/plain; charset=iso-8859-1",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "no type at all",
  ])("as JSON, whatever its content type says: %s", async (type) => {
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

  it("with every character that there is", async () => {
    const task_args = "\u0000\u0007\n\u007f\u0085é \u{1f600} \uffff";
    const { body } = await scenario.api.post<Created>("/v1/workflows", text({ task_args }));
    expect(body.task_directives[0]?.task_args).toBe(task_args);
    const { body: read } = await scenario.api.get(`/v1/task-directives/${body.task_directives[0]?.task_id}`);
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
    [
      "10,000 arrays deep",
      textWith("[".repeat(10_000) + "]".repeat(10_000)),
      /nested deeper than 500 levels$/,
    ],
    ["10,000 objects deep", textWith(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`), /nested deeper/],
    ["10,000 deep and cut off", `{"tasks":${"[".repeat(10_000)}`, /^body: not JSON: /],
    ["half a surrogate pair", textWith('"\\ud83d"'), /^tasks\[0\]\.task_args: holds half a surrogate pair/],
    ["the other half", textWith('"a\\uDE00b"'), /^tasks\[0\]\.task_args: holds half a surrogate pair/],
    [
      "half a surrogate pair in a key",
      text({ task_env: { HERE: "" } }).replace("HERE", "\\ud83d"),
      /^tasks\[0\]\.task_env\["\\ud83d"\]: holds half a surrogate pair/,
    ],
  ])("that is %s", async (_what, body, error) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(error);
  });

  it("that is said to be compressed, and is not, or by nobody knows what", async () => {
    expect((await post(text(), { "content-encoding": "gzip" })).status).toBe(400);
    const { status, body } = await post(text(), { "content-encoding": "rot13" });
    expect(status).toBe(400);
    expect(body.error).toContain("rot13");
  });

  it("on routes that read none, too, when it is no object", async () => {
    const send = (body: string) => scenario.api.request("GET", "/v1/", { body });
    expect((await send("{}")).status).toBe(200);
    expect(await send("[]")).toMatchObject({ status: 400, reason: "body: expected object, got array" });
  });
});

it("two halves of a surrogate pair are one character", async () => {
  const { body } = await scenario.api.post<Created>("/v1/workflows", textWith('"\\ud83d\\ude00"'));
  expect(body.task_directives[0]?.task_args).toBe("\u{1f600}");
});

it("nothing leaks from a body to the objects of the service", async () => {
  await post('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});
