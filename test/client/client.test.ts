import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  answerOf,
  createClient,
  Refusal,
  Unreachable,
  type WorkflowRequest,
} from "../../client/src/index.js";
import { startRedisProxy } from "../api/redisProxy.js";
import { workflowRequest } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { startTestService } from "../setup/testService.js";
import { type Story, startStory, task, theOnly } from "../scenarios/serviceScenario.js";
import { layWire } from "./faultyProxy.js";

const IMPATIENT = { seconds: 0 };

let story: Story;
beforeAll(async () => {
  story = await startStory({ USER_QUERY_MAX_BYTES: "2000" });
});
afterAll(() => story.close());

describe("an answer", () => {
  test("is what the document says, with every field", async () => {
    const client = createClient({ url: `${story.url}/` });
    const body = JSON.parse(workflowRequest({ cluster_locations: ["pool-0"] })) as WorkflowRequest;
    const { workflow, taskforces } = await answerOf(client.POST("/v1/workflows", { body }));
    const path = { taskforce_uuid: theOnly(taskforces).taskforce_uuid };
    const taskforce = await answerOf(client.GET("/v1/taskforces/{taskforce_uuid}", { params: { path } }));
    expect(taskforce.workflow_id).toBe(workflow.workflow_id);
    expect(taskforce.schedd).toBe("access-point-0");
  });

  test("that refuses is raised with the service's own words", async () => {
    const client = createClient({ url: story.url });
    const path = { workflow_id: "WF-1" };
    const refused = answerOf(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
    await expect(refused).rejects.toThrow(new Refusal(404, "no workflow found with id: WF-1"));
    await expect(refused).rejects.toMatchObject({ status: 404 });
  });

  test("of something that is no WMS is told from one of the service", async () => {
    const server = createServer(
      (_, response) => void response.setHeader("content-type", "text/html").end("<p>Hello"),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = answerOf(createClient({ url }).GET("/v1/"));
    await expect(asked).rejects.toThrow(`could not reach ${url}: what answers there is not the WMS`);
  });
});

describe("a query", () => {
  test("goes through all pages, each entity once, oldest first", async () => {
    const { workflow, taskforces } = await story.submitWorkflow([
      task(Array.from({ length: 20 }, (_, n) => `pool-${n}`)),
    ]);
    const wire = await layWire(story.url);
    const found: string[] = [];
    const query = { workflow_id: workflow.workflow_id };
    for await (const { taskforce_uuid } of createClient({ url: wire.url }).query("taskforces", { query }))
      found.push(taskforce_uuid);
    expect(found.toSorted()).toEqual(taskforces.map((taskforce) => taskforce.taskforce_uuid).toSorted());
    expect(wire.passed.length).toBeGreaterThan(5);
  });

  test("reads no page that nobody takes", async () => {
    const wire = await layWire(story.url);
    for await (const one of createClient({ url: wire.url }).query("taskforces", { query: {} })) {
      expect(one.taskforce_uuid).toMatch(/^TF-/);
      break;
    }
    expect(wire.passed).toEqual(["POST /v1/query/taskforces"]);
  });

  test("with a projection has the named fields only", async () => {
    await story.submitWorkflow([task(["pool-0"])]);
    const search = { query: {}, projection: ["schedd", "worker_config.n_cores"] };
    for await (const one of createClient({ url: story.url }).query("taskforces", search)) {
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
    const client = createClient({ url: first.url, patience: { onRetry: (reason) => reasons.push(reason) } });
    const asked = answerOf(client.GET("/v1/"));
    await expect.poll(() => reasons.length).toBeGreaterThan(1);
    const second = await startTestService({ REST_PORT: new URL(first.url).port, REDIS_URL: first.redisUrl });
    onTestFinished(() => second.close());
    expect(await asked).toEqual({});
    expect(reasons[0]).toContain("ECONNREFUSED");
  });

  test("the client gives up when its patience is at its end", async () => {
    const { url, close } = await startTestService();
    await close();
    const asked = answerOf(createClient({ url, patience: IMPATIENT }).GET("/v1/"));
    await expect(asked).rejects.toThrow(`could not reach ${url}: connect ECONNREFUSED`);
    await expect(asked).rejects.toMatchObject({ name: "Unreachable", mayBeDone: false });
  });

  test("a wait ends with the signal of the call", async () => {
    const { url, close } = await startTestService();
    await close();
    const enough = new AbortController();
    const client = createClient({ url, patience: { onRetry: () => enough.abort(new Error("enough")) } });
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
      patience: {
        onRetry(reason, wait) {
          expect(reason).toContain("503");
          waits.push(wait);
          void redis.restore();
        },
      },
    });
    await redis.cut();
    const path = { workflow_id: "WF-1" };
    const { response } = await client.GET("/v1/workflows/{workflow_id}", { params: { path } });
    expect(response.status).toBe(404);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(1);
  });
});

describe("when the connection breaks before the answer is here", () => {
  test.each(["answer lost", "answer cut off"] as const)("a reading is repeated: %s", async (fate) => {
    const { workflow } = await story.submitWorkflow([task(["pool-0"])]);
    const wire = await layWire(story.url);
    wire.next(fate, fate);
    const path = { workflow_id: workflow.workflow_id };
    const client = createClient({ url: wire.url });
    const read = await answerOf(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
    expect(read).toEqual(workflow);
    expect(wire.passed).toHaveLength(3);
  });

  test("a TMS reports again, and nothing counts twice", async () => {
    const at = story.accessPoint();
    const { uuid, workflowId } = await story.running(at);
    await story.deactivate(workflowId, "abort");
    const wire = await layWire(story.url);
    wire.next("answer lost");
    const params = { path: { taskforce_uuid: uuid } };
    const client = createClient({ url: wire.url });
    await answerOf(client.POST("/v1/tms/condor-rm/taskforces/{taskforce_uuid}", { params }));
    expect(wire.passed).toHaveLength(2);
    const { phase_change_log } = await story.taskforce(uuid);
    expect(phase_change_log.filter(({ target_phase }) => target_phase === "condor-rm")).toHaveLength(1);
  });

  test.each(["answer lost", "answer cut off"] as const)(
    "a workflow is created once, however often the request is sent: %s",
    async (fate) => {
      const wire = await layWire(story.url);
      wire.next(fate, fate);
      const body = JSON.parse(
        workflowRequest({ cluster_locations: ["pool-0"], task_args: fate }),
      ) as WorkflowRequest;
      const { workflow } = await answerOf(createClient({ url: wire.url }).POST("/v1/workflows", { body }));
      expect(wire.passed).toHaveLength(3);
      const query = { task_args: fate };
      const made: string[] = [];
      for await (const { workflow_id } of createClient({ url: story.url }).query("task-directives", {
        query,
      }))
        made.push(workflow_id);
      expect(made).toEqual([workflow.workflow_id]);
    },
  );

  test("workers are added once", async () => {
    const { task_directives, workflow } = await story.submitWorkflow([task(["pool-0"])]);
    const wire = await layWire(story.url);
    wire.next("answer lost");
    const { taskforce_uuid } = await answerOf(
      createClient({ url: wire.url }).POST("/v1/task-directives/{task_id}/actions/add-workers", {
        params: { path: { task_id: theOnly(task_directives).task_id } },
        body: { cluster_location: "pool-0", n_workers: 3 },
      }),
    );
    expect(wire.passed).toHaveLength(2);
    const all: string[] = [];
    const query = { workflow_id: workflow.workflow_id };
    for await (const one of createClient({ url: story.url }).query("taskforces", { query }))
      all.push(one.taskforce_uuid);
    expect(all).toHaveLength(2);
    expect(all).toContain(taskforce_uuid);
  });

  test("two requests of the same client are two requests, unless they are given one key", async () => {
    const client = createClient({ url: story.url });
    const body = JSON.parse(workflowRequest({ cluster_locations: ["pool-0"] })) as WorkflowRequest;
    const create = async (key?: string) => {
      const params = { header: { ...(key && { "Idempotency-Key": key }) } };
      return (await answerOf(client.POST("/v1/workflows", { body, params }))).workflow.workflow_id;
    };
    expect(await create()).not.toBe(await create());
    expect(await create("tonight")).toBe(await create("tonight"));
  });

  test("an abort is not repeated: who asked is told that it may have happened", async () => {
    const { workflow } = await story.submitWorkflow([task(["pool-0"])]);
    const wire = await layWire(story.url);
    wire.next("answer lost");
    const params = { path: { workflow_id: workflow.workflow_id } };
    const aborted = createClient({ url: wire.url }).POST("/v1/workflows/{workflow_id}/actions/abort", {
      params,
    });
    await expect(aborted).rejects.toMatchObject({ name: "Unreachable", mayBeDone: true });
    await expect(aborted).rejects.toBeInstanceOf(Unreachable);
    expect(wire.passed).toHaveLength(1);
    expect((await story.workflow(workflow.workflow_id)).deactivated).toBe("ABORTED");
  });
});
