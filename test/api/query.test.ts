import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import type { CreatedWorkflow } from "./requestBodies.js";

let fixture: ApiFixture;
let all: CreatedWorkflow[];
beforeAll(async () => {
  fixture = await startApiFixture({ USER_QUERY_MAX_BYTES: "4096" });
  all = [];
  for (let n = 0; n < 4; n++)
    all.push(
      await fixture.createWorkflow(
        fixture.nextLocation(),
        { task_args: `number ${n}`, task_env: { "a.b": "c" } },
        { priority: n },
      ),
    );
});
afterAll(() => fixture.close());

describe.each([
  ["workflows", "workflows", "workflow_id", ({ workflow }: CreatedWorkflow) => workflow],
  ["task-directives", "task_directives", "task_id", ({ task_directives }: CreatedWorkflow) => task_directives[0]],
  ["taskforces", "taskforces", "taskforce_uuid", ({ taskforces }: CreatedWorkflow) => taskforces[0]],
] as const)("POST /v1/query/%s", (plural, list, idField, entityOf) => {
  const query = (body?: unknown, parameters = "") => fixture.client.post(`/v1/query/${plural}${parameters}`, body);
  const idOf = (entity: object | undefined) => (entity as Record<string, unknown> | undefined)?.[idField];
  /** Follows `next_after` to the last page. */
  const everyPage = async (find: object, parameters = "") => {
    const pages: Record<string, unknown>[][] = [];
    let after: string | null = null;
    do {
      const { status, body, text } = await query({ ...find, ...(after !== null && { after }) }, parameters);
      expect(status).toBe(200);
      if (body[list].length > 1) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
      pages.push(body[list]);
      after = body.next_after;
    } while (after !== null);
    return pages;
  };

  it("finds everything with an empty filter, oldest first, with every field", async () => {
    const found = (await everyPage({ query: {} })).flat();
    expect(found.map(idOf)).toEqual(all.map((created) => idOf(entityOf(created))));
    expect(Object.keys(found[0] ?? {}).sort()).toEqual(Object.keys(entityOf(all[0] as CreatedWorkflow) ?? {}).sort());
  });

  it("ends a page before it is too large, and the next one continues there", async () => {
    const pages = await everyPage({ query: {} });
    // Only the four taskforces exceed the size of a page.
    if (plural === "taskforces") expect(pages.length).toBeGreaterThan(1);
    else expect(pages).toHaveLength(1);
    for (const page of pages) expect(page.length).toBeGreaterThan(0);
  });

  it("finds by id and by workflow, and nothing with an empty page", async () => {
    const wanted = entityOf(all[2] as CreatedWorkflow);
    for (const filter of [{ [idField]: idOf(wanted) }, { workflow_id: all[2]?.workflow.workflow_id }]) {
      const { body } = await query({ query: filter });
      expect(body[list].map(idOf)).toEqual([idOf(wanted)]);
      expect(body.next_after).toBeNull();
    }
    expect((await query({ query: { workflow_id: "WF-1" } })).text).toBe(`{"${list}":[],"next_after":null}`);
  });

  it("returns the first page for an empty cursor", async () => {
    expect((await query({ query: {}, after: "" })).body[list]).toEqual((await query({ query: {} })).body[list]);
  });

  it("returns the newest first on request, in pages too", async () => {
    expect((await everyPage({ query: {} }, "?order=newest")).flat().map(idOf)).toEqual(
      all.map((created) => idOf(entityOf(created))).reverse(),
    );
    expect(await query({ query: {} }, "?order=latest")).toMatchObject({
      status: 400,
      reason: expect.stringMatching(/^order: /),
    });
  });

  it("reports in a header how the page came about", async () => {
    const { headers } = await query({ query: {}, projection: [idField] });
    expect(headers["ewms-query-plan"]).toMatch(/^index="all", looked-at=4, matched=4, work=[0-9]+, ended=end$/);
  });

  it("returns only the fields of the projection", async () => {
    const { body } = await query({ query: {}, projection: [idField, "_id"] });
    expect(body[list]).toEqual(all.map((created) => ({ [idField]: idOf(entityOf(created)) })));
  });

  it.each<[unknown, string]>([
    [undefined, "query: missing field"],
    [{}, "query: missing field"],
    [{ query: [] }, "query: expected object, got array"],
    [{ query: null }, "query: expected object, got null"],
    [{ query: "{}" }, "query: expected object, got string"],
    [{ query: {}, projection: [] }, "projection: expected at least 1 entry"],
    [{ query: {}, projection: ["a", "a"] }, "projection[1]: repeats entry 0"],
    [{ query: {}, projection: "a" }, "projection: expected array, got string"],
    [{ query: {}, projection: [1] }, "projection[0]: expected string, got number"],
    [{ query: {}, after: null }, "after: expected string, got null"],
    [{ query: {}, limit: 3 }, "limit: unknown field"],
  ])("refuses %j", async (body, reason) => {
    expect(await query(body)).toMatchObject({ status: 400, reason });
  });

  it.each<[string, object]>([
    ["a malformed cursor", { query: {}, after: "no cursor" }],
    ["code", { query: { $where: "true" } }],
    ["an expression", { query: { $expr: {} } }],
    ["an unknown operator", { query: { workflow_id: { $unknown: 1 } } }],
    ["look-ahead", { query: { workflow_id: { $regex: "(?=a)" } } }],
    ["a bad pattern", { query: { workflow_id: { $regex: "(" } } }],
    ["an operand of the wrong type", { query: { $and: {} } }],
    ["a deep filter", JSON.parse(`{"query":${'{"$and":['.repeat(101)}{}${"]}".repeat(101)}}`)],
  ])("refuses %s with a reason", async (_what, body) => {
    const response = await query(body);
    expect(response.status).toBe(400);
    expect(response.body.error.length).toBeGreaterThan(10);
  });
});

it("a filter applies to fields of objects and members of arrays", async () => {
  const { body } = await fixture.client.post("/v1/query/taskforces", {
    query: {
      "worker_config.n_cores": 1,
      "phase_change_log.context": { $regex: "^Created" },
      priority: { $gte: 2 },
    },
    projection: ["priority", "worker_config.worker_memory"],
  });
  expect(body.taskforces).toEqual([
    { priority: 2, worker_config: { worker_memory: 1024 } },
    { priority: 3, worker_config: { worker_memory: 1024 } },
  ]);
});

it("a projection without a match in a list leaves the list empty", async () => {
  const { body } = await fixture.client.post("/v1/query/task-directives", {
    query: {},
    projection: ["cluster_locations.nothing"],
  });
  expect(body.task_directives[0]).toEqual({ cluster_locations: [] });
});
