import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Annotations } from "../../src/domain/annotations.js";
import { indexKey, memberOf, partitionOf } from "../../src/store/keys.js";
import { openRedis } from "../setup/testRedis.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ STORE_PARTITIONS: "16" });
});
afterAll(() => fixture.close());

const create = (headers: Record<string, string> = {}) =>
  fixture.client.request("POST", "/v1/workflows", {
    body: makeWorkflowRequest([makeTaskRequest(fixture.nextLocation().location)]),
    headers,
  });

async function createWith(headers: Record<string, string> = {}): Promise<string> {
  const { body, reason } = await create(headers);
  if (body.workflow === undefined) throw new Error(reason);
  return body.workflow.workflow_id;
}

const read = async (id: string) => (await fixture.client.get(`/v1/workflows/${id}/annotations`)).body;
const replace = (id: string, body: Partial<Annotations>) =>
  fixture.client.request("PUT", `/v1/workflows/${id}/annotations`, { body });

/** Whether a workflow is in the index of a label. */
async function isIndexed(id: string, label: string): Promise<boolean> {
  const redis = openRedis(fixture.service.redisUrl);
  const partition = partitionOf(id as never, 16);
  const score = await redis.zscore(indexKey(partition, "workflow", "label", label), memberOf(id));
  redis.disconnect();
  return score !== null;
}

test("a workflow without annotations has an owner and a client", async () => {
  const id = await createWith({ "user-agent": "condor-helper/7" });
  const { created, ...others } = await read(id);
  expect(others).toEqual({
    workflow_id: id,
    name: null,
    labels: {},
    note: null,
    owner: { subject: "anonymous", name: null },
    client: "condor-helper/7",
  });
  expect(created).toBe((await fixture.client.get(`/v1/workflows/${id}`)).body.timestamp);
});

test.each([
  ["UTF-8", (text: string) => Buffer.from(text, "utf8").toString("latin1")],
  ["Latin-1", (text: string) => text],
])("headers of the creation in %s annotate the workflow, and v1 objects are unchanged", async (_, encode) => {
  // `fetch` sends headers as Latin-1.
  const response = await fetch(`${fixture.service.url}/v1/workflows`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "ewms-name": encode(" Kaskaden für IC86 "),
      "ewms-labels": "season=IC86.2024, mc=22345,  urgent",
    },
    body: JSON.stringify(makeWorkflowRequest([makeTaskRequest(fixture.nextLocation().location)])),
  });
  const { workflow } = (await response.json()) as { workflow: { workflow_id: string } };
  const id = workflow.workflow_id;
  expect(await read(id)).toMatchObject({
    name: "Kaskaden für IC86",
    labels: { season: "IC86.2024", mc: "22345", urgent: "" },
    note: null,
  });
  expect(Object.keys((await fixture.client.get(`/v1/workflows/${id}`)).body)).toEqual([
    "workflow_id",
    "timestamp",
    "priority",
    "deactivated",
    "deactivated_ts",
  ]);
  expect(await isIndexed(id, "season=IC86.2024")).toBe(true);
});

test("a PUT replaces them, and what the body lacks is removed", async () => {
  const id = await createWith({ "ewms-name": "first", "ewms-labels": "a=1,b=2" });
  const { body } = await replace(id, { labels: { b: "2", c: "3" }, note: "line one\nline two" });
  expect(body).toMatchObject({ name: null, labels: { b: "2", c: "3" }, note: "line one\nline two" });
  expect(await read(id)).toEqual(body);
  expect(await Promise.all(["a=1", "b=2", "c=3"].map((label) => isIndexed(id, label)))).toEqual([false, true, true]);
  await replace(id, {});
  expect(await read(id)).toMatchObject({ name: null, labels: {}, note: null });
  expect(await isIndexed(id, "b=2")).toBe(false);
});

test("of PUTs at the same time, the last one counts as a whole", async () => {
  const id = await createWith();
  const values = Array.from({ length: 20 }, (_, n) => String(n));
  await Promise.all(values.map((n) => replace(id, { name: n, labels: { n } })));
  const { name, labels } = await read(id);
  expect(labels).toEqual({ n: name });
  const indexed = await Promise.all(values.map((n) => isIndexed(id, `n=${n}`)));
  expect(values.filter((_, at) => indexed[at])).toEqual([name]);
});

describe("invalid annotations are refused by field, and no workflow is created", () => {
  const long = (characters: number) => "x".repeat(characters);
  test.each<[string, Record<string, string>, RegExp]>([
    ["a long name", { "ewms-name": long(121) }, /^ewms-name: /],
    ["an empty name", { "ewms-name": " " }, /^ewms-name: /],
    ["a label twice", { "ewms-labels": "a=1,a=2" }, /^ewms-labels: repeats the label "a"$/],
    ["a label without a key", { "ewms-labels": "=1" }, /^ewms-labels/],
    ["a key with a blank", { "ewms-labels": "a b=1" }, /^ewms-labels/],
    ["a long value", { "ewms-labels": `a=${long(101)}` }, /^ewms-labels\.a: /],
    ["21 labels", { "ewms-labels": Array.from({ length: 21 }, (_, n) => `l${n}=1`).join() }, /at most 20 labels/],
  ])("%s", async (_, headers, reason) => {
    const all = async () => (await fixture.client.post("/v1/query/workflows", { query: {} })).body.workflows.length;
    const before = await all();
    const response = await create(headers);
    expect([response.status, response.reason]).toEqual([400, expect.stringMatching(reason)]);
    expect(await all()).toBe(before);
  });

  test.each<[string, object, RegExp]>([
    ["a name with a line break", { name: "a\nb" }, /^name: must not contain control characters$/],
    ["a long note", { note: long(4001) }, /^note: /],
    ["a number as the value of a label", { labels: { a: 1 } }, /^labels\.a: /],
    ["an unknown field", { labels: {}, owner: "me" }, /^owner: unknown field$/],
  ])("%s", async (_, body, reason) => {
    const id = await createWith({ "ewms-name": "stays" });
    const response = await replace(id, body as Partial<Annotations>);
    expect([response.status, response.reason]).toEqual([400, expect.stringMatching(reason)]);
    expect((await read(id)).name).toBe("stays");
  });
});

test("an unknown workflow has none", async () => {
  const id = "WF-6b055875-00000000";
  for (const { status, reason } of [
    await fixture.client.get(`/v1/workflows/${id}/annotations`),
    await replace(id, { name: "x" }),
  ])
    expect([status, reason]).toEqual([404, `no workflow found with id: ${id}`]);
});

test("other methods of the path are named", async () => {
  const { status, headers } = await fixture.client.request("POST", "/v1/workflows/WF-1-00000000/annotations");
  expect([status, headers["allow"]]).toEqual([405, "GET, HEAD, PUT"]);
});
