import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WorkflowId } from "../../src/domain/ids.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { partitionOf } from "../../src/store/keys.js";
import { PARTITIONS } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import type { CheckedResponse } from "./conformanceClient.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

let fixture: ApiFixture;
let redis: RedisClient;
beforeAll(async () => {
  fixture = await startApiFixture();
  redis = openRedis(fixture.service.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await fixture.close();
});

let keys = 0;
const freshKey = () => `key-${keys++}`;

const create = (key: string, body: unknown): Promise<CheckedResponse<CreatedWorkflow & { error?: string }>> =>
  fixture.client.request("POST", "/v1/workflows", { body, headers: { "idempotency-key": key } });

const addWorkers = (
  key: string,
  taskId: string,
  body: unknown,
): Promise<CheckedResponse<Taskforce & { error?: string }>> =>
  fixture.client.request("POST", `/v1/task-directives/${taskId}/actions/add-workers`, {
    body,
    headers: { "idempotency-key": key },
  });

/**
 * Repeats a request while another one with its key is active. It does not pause, so that Redis may time out on a
 * busy machine; then it repeats the request, too.
 */
async function waitWhileConflict<T>(request: () => Promise<CheckedResponse<T>>): Promise<CheckedResponse<T>> {
  for (;;) {
    const response = await request();
    if (response.status !== 409 && response.status !== 503) return response;
    expect(response.headers["retry-after"]).toMatch(/^\d+$/);
  }
}

/** Number of workflows that have a task with these arguments. */
async function countOf(task_args: string): Promise<number> {
  const { status, body } = await fixture.client.post("/v1/query/task-directives", { query: { task_args } });
  expect({ status, error: body.error }).toEqual({ status: 200, error: undefined });
  return new Set(body.task_directives.map(({ workflow_id }: { workflow_id: string }) => workflow_id)).size;
}

describe("POST /v1/workflows with an Idempotency-Key", () => {
  it("takes effect once, and returns the same response again", async () => {
    const { location } = fixture.nextLocation();
    const body = makeWorkflowRequest([
      makeTaskRequest(location, {
        task_args: "once",
        output_queue_aliases: ["results"],
        n_workers: 7,
        task_env: { a: "é\u0000" },
      }),
      makeTaskRequest(location, { task_args: "once too", input_queue_aliases: ["results"] }),
    ]);
    const [key, other] = [freshKey(), freshKey()];
    const first = await create(key, body);
    expect(first.status).toBe(200);
    expect(first.headers).not.toHaveProperty("idempotency-replayed");
    for (let n = 0; n < 3; n++) {
      const again = await create(key, body);
      expect(again.status).toBe(200);
      expect(again.headers["idempotency-replayed"]).toBe("true");
      expect(again.text).toBe(first.text);
    }
    expect(await countOf("once")).toBe(1);

    expect((await create(other, body)).body.workflow.workflow_id).not.toBe(first.body.workflow.workflow_id);
    expect(await countOf("once")).toBe(2);
  });

  it("the response is that of the creation, even after changes of the workflow", async () => {
    const place = fixture.nextLocation();
    const body = makeWorkflowRequest([makeTaskRequest(place.location, { n_workers: 3 })]);
    const key = freshKey();
    const first = await create(key, body);
    const [{ taskforce_uuid = "", task_id = "", workflow_id = "" } = {}] = first.body.taskforces;
    await expect
      .poll(async () => (await fixture.readTaskforce(taskforce_uuid)).phase, { timeout: 10_000 })
      .toBe("pending-starter");
    await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
    await fixture.client.post(`/v1/tms/condor-submit/taskforces/${taskforce_uuid}`, submitReport());
    await fixture.client.post(`/v1/task-directives/${task_id}/actions/add-workers`, {
      cluster_location: place.location,
      n_workers: 5,
    });
    await fixture.client.post(`/v1/workflows/${workflow_id}/actions/abort`);
    expect((await fixture.readTaskforce(taskforce_uuid)).n_workers).toBe(7);

    const again = await create(key, body);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(again.text).toBe(first.text);
  });

  it("a workflow that is too large for one step takes effect once, too", async () => {
    const places = [fixture.nextLocation(), fixture.nextLocation(), fixture.nextLocation()];
    const tasks = Array.from({ length: 400 }, (_, n) =>
      makeTaskRequest("", {
        cluster_locations: places.map(({ location }) => location),
        task_args: `large ${n}`,
        n_workers: n + 1,
      }),
    );
    const key = freshKey();
    const [first, second] = await Promise.all(
      [1, 2].map(() => waitWhileConflict(() => create(key, makeWorkflowRequest(tasks)))),
    );
    expect([first?.status, second?.status]).toEqual([200, 200]);
    expect(first?.body.taskforces).toHaveLength(1200);
    expect(second?.text).toBe(first?.text);
    expect(await countOf("large 399")).toBe(1);
  });

  it("ignores the order of keys in objects, and is a 422 with another body", async () => {
    const { location } = fixture.nextLocation();
    const body = makeWorkflowRequest([makeTaskRequest(location, { task_args: "order", task_env: { a: "1", b: "2" } })]);
    const key = freshKey();
    const first = await create(key, body);
    expect(first.body.error).toBeUndefined();
    const reordered = {
      ...body,
      tasks: body.tasks.map((each) => Object.fromEntries(Object.entries(each).reverse())),
    };
    expect((await create(key, reordered)).text).toBe(first.text);
    for (const other of [
      { ...body, priority: 1 },
      makeWorkflowRequest([...body.tasks, makeTaskRequest(location, { task_args: "more" })]),
    ])
      expect(await create(key, other)).toMatchObject({
        status: 422,
        body: { error: "Idempotency-Key: was used for another request" },
      });
    expect(await countOf("order")).toBe(1);
    expect(await countOf("more")).toBe(0);
  });

  it("one of many concurrent requests takes effect, and the others get its response or a 409", async () => {
    const other = await startApiFixture({ REDIS_URL: fixture.service.redisUrl });
    try {
      const { location } = fixture.nextLocation();
      const body = makeWorkflowRequest([
        makeTaskRequest(location, { task_args: "at once", output_queue_aliases: ["results"] }),
      ]);
      const headers = { "idempotency-key": freshKey() };
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          waitWhileConflict(() => (n % 2 ? fixture : other).client.request("POST", "/v1/workflows", { body, headers })),
        ),
      );
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(answers[0]?.status).toBe(200);
      const replayed = answers.filter(({ headers: sent }) => sent["idempotency-replayed"] === "true");
      expect(replayed).toHaveLength(answers.length - 1);
      expect(await countOf("at once")).toBe(1);
    } finally {
      await other.close();
    }
  });

  it("a failed request leaves its key free for another try", async () => {
    const { location } = fixture.nextLocation();
    const key = freshKey();
    for (let n = 0; n < 2; n++)
      expect(await create(key, makeWorkflowRequest([makeTaskRequest("nowhere")]))).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining("condor cluster location not found: nowhere") },
      });
    expect((await create(key, { tasks: "no array" })).status).toBe(400);
    const { status, headers } = await create(key, makeWorkflowRequest([makeTaskRequest(location)]));
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("idempotency-replayed");
  });

  it.each([
    ["an empty key", ""],
    ["a key with a blank", "a b"],
    ["a key beyond ASCII", "caf\xe9"],
    ["a key that is too long", "x".repeat(256)],
    ["two keys", "a, b"],
  ])("%s is a 400 that names the header", async (_what, key) => {
    expect(await create(key, makeWorkflowRequest([makeTaskRequest(fixture.nextLocation().location)]))).toMatchObject({
      status: 400,
      body: { error: expect.stringMatching(/^Idempotency-Key: /) },
    });
  });

  it("a key of the maximum length is accepted", async () => {
    expect(
      (await create("~".repeat(255), makeWorkflowRequest([makeTaskRequest(fixture.nextLocation().location)]))).status,
    ).toBe(200);
  });

  it("the stored record is small, in the partition of its workflow, and expires after a day", async () => {
    const { location } = fixture.nextLocation();
    const before = new Set(await findKeys(redis, "wms:*:idempotency:*"));
    const tasks = Array.from({ length: 50 }, (_, n) => makeTaskRequest(location, { task_args: `part ${n}` }));
    const { body } = await create(freshKey(), makeWorkflowRequest(tasks));
    const [key = "", ...others] = (await findKeys(redis, "wms:*:idempotency:*")).filter((each) => !before.has(each));
    expect(others).toEqual([]);
    const partition = partitionOf(body.workflow.workflow_id as WorkflowId, PARTITIONS);
    expect(key.startsWith(`wms:{${partition}}:`)).toBe(true);
    expect(await redis.strlen(key)).toBeLessThan(200);
    const seconds = await redis.ttl(key);
    expect(seconds).toBeGreaterThan(86_000);
    expect(seconds).toBeLessThanOrEqual(86_400);
  });
});

describe("add-workers with an Idempotency-Key", () => {
  it("takes effect once for each task, and returns the same response again", async () => {
    const place = fixture.nextLocation();
    const { task_directives } = (
      await fixture.client.post<CreatedWorkflow>(
        "/v1/workflows",
        makeWorkflowRequest([makeTaskRequest(place.location), makeTaskRequest(place.location, { task_args: "other" })]),
      )
    ).body;
    const [one = "", other = ""] = task_directives.map(({ task_id }) => task_id);
    const body = { cluster_location: place.location, n_workers: 5 };
    const key = freshKey();
    const first = await addWorkers(key, one, body);
    expect(first.status).toBe(200);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => waitWhileConflict(() => addWorkers(key, one, body))),
    );
    for (const again of answers) {
      expect(again.text).toBe(first.text);
      expect(again.headers["idempotency-replayed"]).toBe("true");
    }
    expect(await addWorkers(key, one, { ...body, n_workers: 6 })).toMatchObject({ status: 422 });

    const elsewhere = await addWorkers(key, other, body);
    expect(elsewhere).toMatchObject({ status: 200, body: { task_id: other } });
    const { body: found } = await fixture.client.post("/v1/query/taskforces", { query: { task_id: one } });
    expect(found.taskforces).toHaveLength(2);
  });

  it("one of many concurrent requests takes effect", async () => {
    const place = fixture.nextLocation();
    const { task_directives } = await fixture.createWorkflow(place);
    const [{ task_id = "" } = {}] = task_directives;
    const key = freshKey();
    const body = { cluster_location: place.location, n_workers: null };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => waitWhileConflict(() => addWorkers(key, task_id, body))),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    const { body: found } = await fixture.client.post("/v1/query/taskforces", { query: { task_id } });
    expect(found.taskforces).toHaveLength(2);
  });

  it("errors are the same as without a key", async () => {
    const place = fixture.nextLocation();
    const body = { cluster_location: place.location, n_workers: 1 };
    const { task_directives, workflow } = await fixture.createWorkflow(place);
    const [{ task_id = "" } = {}] = task_directives;
    for (const unknown of ["nothing", "TK-1-00000000-00000000"])
      expect((await addWorkers(freshKey(), unknown, body)).status).toBe(404);
    await fixture.client.post(`/v1/workflows/${workflow.workflow_id}/actions/finished`);
    const key = freshKey();
    for (let n = 0; n < 2; n++)
      expect(await addWorkers(key, task_id, body)).toMatchObject({
        status: 422,
        body: { error: `cannot add a taskforce to a deactivated workflow (${workflow.workflow_id})` },
      });
  });
});
