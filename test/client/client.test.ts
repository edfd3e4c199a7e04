import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ApiError, createClient, Unreachable, unwrapResponse, type WorkflowRequest } from "../../client/src/index.js";
import { startRedisProxy } from "../api/redisProxy.js";
import { workflowRequestJson } from "../processes/serviceProcess.js";
import { makeTaskRequestAt, type ServiceScenario, single, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { startTestService } from "../setup/testService.js";
import { startFaultyProxy } from "./faultyProxy.js";

const NO_RETRY = { maxSeconds: 0 };

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario({ USER_QUERY_MAX_BYTES: "2000" });
});
afterAll(() => scenario.close());

describe("an answer", () => {
  test("is what the document says, with every field", async () => {
    const client = createClient({ url: `${scenario.url}/` });
    const body = JSON.parse(workflowRequestJson({ cluster_locations: ["pool-0"] })) as WorkflowRequest;
    const { workflow, taskforces } = await unwrapResponse(client.POST("/v1/workflows", { body }));
    const path = { taskforce_uuid: single(taskforces).taskforce_uuid };
    const taskforce = await unwrapResponse(client.GET("/v1/taskforces/{taskforce_uuid}", { params: { path } }));
    expect(taskforce.workflow_id).toBe(workflow.workflow_id);
    expect(taskforce.schedd).toBe("access-point-0");
  });

  test("that refuses is raised with the service's own words", async () => {
    const client = createClient({ url: scenario.url });
    const path = { workflow_id: "WF-1" };
    const refused = unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
    await expect(refused).rejects.toThrow(new ApiError(404, "no workflow found with id: WF-1"));
    await expect(refused).rejects.toMatchObject({ status: 404 });
  });

  test("of something that is no WMS is told from one of the service", async () => {
    const server = createServer((_, response) => void response.setHeader("content-type", "text/html").end("<p>Hello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = unwrapResponse(createClient({ url }).GET("/v1/"));
    await expect(asked).rejects.toThrow(`could not reach ${url}: what answers there is not the WMS`);
  });
});

describe("a query", () => {
  test("goes through all pages, each entity once, oldest first", async () => {
    const { workflow, taskforces } = await scenario.submitWorkflow([
      makeTaskRequestAt(Array.from({ length: 20 }, (_, n) => `pool-${n}`)),
    ]);
    const wire = await startFaultyProxy(scenario.url);
    const found: string[] = [];
    const query = { workflow_id: workflow.workflow_id };
    for await (const { taskforce_uuid } of createClient({ url: wire.url }).query("taskforces", { query }))
      found.push(taskforce_uuid);
    expect(found.toSorted()).toEqual(taskforces.map((taskforce) => taskforce.taskforce_uuid).toSorted());
    expect(wire.forwardedRequests.length).toBeGreaterThan(5);
  });

  test("reads no page that nobody takes", async () => {
    const wire = await startFaultyProxy(scenario.url);
    for await (const one of createClient({ url: wire.url }).query("taskforces", { query: {} })) {
      expect(one.taskforce_uuid).toMatch(/^TF-/);
      break;
    }
    expect(wire.forwardedRequests).toEqual(["POST /v1/query/taskforces"]);
  });

  test("with a projection has the named fields only", async () => {
    await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const search = { query: {}, projection: ["schedd", "worker_config.n_cores"] };
    for await (const one of createClient({ url: scenario.url }).query("taskforces", search)) {
      expect(one).toEqual({ schedd: expect.any(String), worker_config: { n_cores: 1 } });
      break;
    }
  });
});

describe("while nobody answers", () => {
  test("the client tries again, and is served when the service is back", async () => {
    const first = await startTestService();
    await first.close();
    const reasons: string[] = [];
    const client = createClient({ url: first.url, retry: { onRetry: (reason) => reasons.push(reason) } });
    const asked = unwrapResponse(client.GET("/v1/"));
    await expect.poll(() => reasons.length).toBeGreaterThan(1);
    const second = await startTestService({ REST_PORT: new URL(first.url).port, REDIS_URL: first.redisUrl });
    onTestFinished(() => second.close());
    expect(await asked).toEqual({});
    expect(reasons[0]).toContain("ECONNREFUSED");
  });

  test("the client gives up when its patience is at its end", async () => {
    const { url, close } = await startTestService();
    await close();
    const asked = unwrapResponse(createClient({ url, retry: NO_RETRY }).GET("/v1/"));
    await expect(asked).rejects.toThrow(`could not reach ${url}: connect ECONNREFUSED`);
    await expect(asked).rejects.toMatchObject({ name: "Unreachable", mayHaveSucceeded: false });
  });

  test("a wait ends with the signal of the call", async () => {
    const { url, close } = await startTestService();
    await close();
    const enough = new AbortController();
    const client = createClient({ url, retry: { onRetry: () => enough.abort(new Error("enough")) } });
    await expect(client.GET("/v1/", { signal: enough.signal })).rejects.toThrow("enough");
  });
});

describe("while the service is away for now", () => {
  test("the client waits as long as it is told to, and is served when Redis is back", async () => {
    const redis = await startRedisProxy(await freshDatabase());
    const service = await startTestService({ REDIS_URL: redis.url });
    onTestFinished(async () => {
      await redis.restore();
      await service.close();
      await redis.close();
    });
    const waits: number[] = [];
    const client = createClient({
      url: service.url,
      retry: {
        onRetry(reason, wait) {
          expect(reason).toContain("503");
          waits.push(wait);
          void redis.restore();
        },
      },
    });
    await redis.disconnect();
    const path = { workflow_id: "WF-1" };
    const { response } = await client.GET("/v1/workflows/{workflow_id}", { params: { path } });
    expect(response.status).toBe(404);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
  });
});

describe("when the connection breaks before the answer is here", () => {
  test.each(["answer lost", "answer cut off"] as const)("a reading is repeated: %s", async (fate) => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const wire = await startFaultyProxy(scenario.url);
    wire.setNextFates(fate, fate);
    const path = { workflow_id: workflow.workflow_id };
    const client = createClient({ url: wire.url });
    const read = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
    expect(read).toEqual(workflow);
    expect(wire.forwardedRequests).toHaveLength(3);
  });

  test("a TMS reports again, and nothing counts twice", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, workflowId } = await scenario.createRunning(at);
    await scenario.deactivate(workflowId, "abort");
    const wire = await startFaultyProxy(scenario.url);
    wire.setNextFates("answer lost");
    const params = { path: { taskforce_uuid: uuid } };
    const client = createClient({ url: wire.url });
    await unwrapResponse(client.POST("/v1/tms/condor-rm/taskforces/{taskforce_uuid}", { params }));
    expect(wire.forwardedRequests).toHaveLength(2);
    const { phase_change_log } = await scenario.readTaskforce(uuid);
    expect(phase_change_log.filter(({ target_phase }) => target_phase === "condor-rm")).toHaveLength(1);
  });

  test.each(["answer lost", "answer cut off"] as const)(
    "a workflow is created once, however often the request is sent: %s",
    async (fate) => {
      const wire = await startFaultyProxy(scenario.url);
      wire.setNextFates(fate, fate);
      const body = JSON.parse(
        workflowRequestJson({ cluster_locations: ["pool-0"], task_args: fate }),
      ) as WorkflowRequest;
      const { workflow } = await unwrapResponse(createClient({ url: wire.url }).POST("/v1/workflows", { body }));
      expect(wire.forwardedRequests).toHaveLength(3);
      const query = { task_args: fate };
      const made: string[] = [];
      for await (const { workflow_id } of createClient({ url: scenario.url }).query("task-directives", {
        query,
      }))
        made.push(workflow_id);
      expect(made).toEqual([workflow.workflow_id]);
    },
  );

  test("workers are added once", async () => {
    const { task_directives, workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const wire = await startFaultyProxy(scenario.url);
    wire.setNextFates("answer lost");
    const { taskforce_uuid } = await unwrapResponse(
      createClient({ url: wire.url }).POST("/v1/task-directives/{task_id}/actions/add-workers", {
        params: { path: { task_id: single(task_directives).task_id } },
        body: { cluster_location: "pool-0", n_workers: 3 },
      }),
    );
    expect(wire.forwardedRequests).toHaveLength(2);
    const all: string[] = [];
    const query = { workflow_id: workflow.workflow_id };
    for await (const one of createClient({ url: scenario.url }).query("taskforces", { query }))
      all.push(one.taskforce_uuid);
    expect(all).toHaveLength(2);
    expect(all).toContain(taskforce_uuid);
  });

  test("two requests of the same client are two requests, unless they are given one key", async () => {
    const client = createClient({ url: scenario.url });
    const body = JSON.parse(workflowRequestJson({ cluster_locations: ["pool-0"] })) as WorkflowRequest;
    const create = async (key?: string) => {
      const params = { header: { ...(key && { "Idempotency-Key": key }) } };
      return (await unwrapResponse(client.POST("/v1/workflows", { body, params }))).workflow.workflow_id;
    };
    expect(await create()).not.toBe(await create());
    expect(await create("tonight")).toBe(await create("tonight"));
  });

  test("an abort is not repeated: who asked is told that it may have happened", async () => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const wire = await startFaultyProxy(scenario.url);
    wire.setNextFates("answer lost");
    const params = { path: { workflow_id: workflow.workflow_id } };
    const aborted = createClient({ url: wire.url }).POST("/v1/workflows/{workflow_id}/actions/abort", {
      params,
    });
    await expect(aborted).rejects.toMatchObject({ name: "Unreachable", mayHaveSucceeded: true });
    await expect(aborted).rejects.toBeInstanceOf(Unreachable);
    expect(wire.forwardedRequests).toHaveLength(1);
    expect((await scenario.readWorkflow(workflow.workflow_id)).deactivated).toBe("ABORTED");
  });
});
