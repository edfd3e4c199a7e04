import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ApiError, createClient, Unreachable, unwrapResponse, type WorkflowRequest } from "../../client/src/index.js";
import { parseQueryPlan } from "../../client/src/queryPlan.js";
import { startRedisProxy } from "../api/redisProxy.js";
import { workflowRequestJson } from "../processes/serviceProcess.js";
import {
  inOrderOfCreation,
  makeTaskRequestAt,
  type ServiceScenario,
  single,
  startServiceScenario,
} from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { startTestService } from "../setup/testService.js";
import { startFaultyProxy } from "./faultyProxy.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const NO_RETRY = { maxSeconds: 0 };

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
}

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario({ USER_QUERY_MAX_BYTES: "2000" });
});
afterAll(() => scenario.close());

describe("a response", () => {
  test("matches the document, with all fields", async () => {
    const client = createClient({ url: `${scenario.url}/v1/` });
    const body = JSON.parse(workflowRequestJson({ cluster_locations: ["pool-0"] })) as WorkflowRequest;
    const { workflow, taskforces } = await unwrapResponse(client.POST("/v1/workflows", { body }));
    const path = { taskforce_uuid: single(taskforces).taskforce_uuid };
    const taskforce = await unwrapResponse(client.GET("/v1/taskforces/{taskforce_uuid}", { params: { path } }));
    expect(taskforce.workflow_id).toBe(workflow.workflow_id);
    expect(taskforce.schedd).toBe("access-point-0");
  });

  test("with an error status throws the error text of the service", async () => {
    const client = createClient({ url: scenario.url });
    const path = { workflow_id: "WF-1" };
    const rejected = unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
    await expect(rejected).rejects.toThrow(new ApiError(404, "no workflow found with id: WF-1"));
    await expect(rejected).rejects.toMatchObject({ status: 404 });
  });

  test("of another server is distinguished from one of the service", async () => {
    const server = createServer((_, response) => void response.setHeader("content-type", "text/html").end("<p>Hello"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const call = unwrapResponse(createClient({ url }).GET("/v1/"));
    await expect(call).rejects.toThrow(`could not reach ${url}: the server there is not the WMS`);
  });
});

describe("a query", () => {
  test("returns each entity of all pages once", async () => {
    const { workflow, taskforces } = await scenario.submitWorkflow([
      makeTaskRequestAt(Array.from({ length: 20 }, (_, n) => `pool-${n}`)),
    ]);
    const proxy = await startFaultyProxy(scenario.url);
    const found: string[] = [];
    const query = { workflow_id: workflow.workflow_id };
    for await (const { taskforce_uuid } of createClient({ url: proxy.url }).query("taskforces", { query }))
      found.push(taskforce_uuid);
    expect(found.toSorted()).toEqual(taskforces.map((taskforce) => taskforce.taskforce_uuid).toSorted());
    expect(proxy.forwardedRequests.length).toBeGreaterThan(5);
  });

  test("reads pages on demand", async () => {
    const proxy = await startFaultyProxy(scenario.url);
    for await (const one of createClient({ url: proxy.url }).query("taskforces", { query: {} })) {
      expect(one.taskforce_uuid).toMatch(/^TF-/);
      break;
    }
    expect(proxy.forwardedRequests).toEqual(["POST /v1/query/taskforces"]);
  });

  test("with a projection returns only the selected fields", async () => {
    await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const search = { query: {}, projection: ["schedd", "worker_config.n_cores"] };
    for await (const one of createClient({ url: scenario.url }).query("taskforces", search)) {
      expect(one).toEqual({ schedd: expect.any(String), worker_config: { n_cores: 1 } });
      break;
    }
  });
});

describe("a query of few entities per page", () => {
  let url: string;
  let uuids: string[];
  let closeService: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const sparse = await startServiceScenario({ QUERY_MAX_SCAN: "2" });
    closeService = () => sparse.close();
    const { taskforces } = await sparse.submitWorkflow([
      makeTaskRequestAt(["pool-0", "pool-1", "pool-2", "pool-3", "pool-4"]),
    ]);
    url = sparse.url;
    uuids = inOrderOfCreation(taskforces);
  });
  afterAll(() => closeService?.());

  test("follows empty pages to a match on the last page", async () => {
    // `n_workers` has no index.
    const query = { n_workers: { $ne: 99 }, taskforce_uuid: { $regex: `${uuids.at(-1)}$` } };
    const client = createClient({ url });
    const pages = await collect(client.queryPages("taskforces", { query }));
    expect(pages.map(({ items }) => items.length)).toEqual([0, 0, 1]);
    const found = await collect(client.query("taskforces", { query }));
    expect(found.map(({ taskforce_uuid }) => taskforce_uuid)).toEqual([uuids.at(-1)]);
  });

  test.each([
    ["oldest", (all: string[]) => all],
    ["newest", (all: string[]) => all.toReversed()],
  ] as const)("returns the %s first, each once", async (order, arrange) => {
    const search = { query: {}, projection: ["taskforce_uuid"], order };
    const found = await collect(createClient({ url }).query("taskforces", search));
    expect(found.map(({ taskforce_uuid }) => taskforce_uuid)).toEqual(arrange(uuids));
  });

  test("returns the plan of each page", async () => {
    const pages = await collect(createClient({ url }).queryPages("taskforces", { query: {} }));
    const page = { indexes: ["all"], matched: 2, lookedAt: 2, work: expect.any(Number), ended: "scan" };
    expect(pages.map(({ plan }) => plan)).toEqual([page, page, { ...page, matched: 1, lookedAt: 1, ended: "end" }]);
    expect(pages.every(({ plan }) => (plan?.work ?? 0) > 0)).toBe(true);
  });

  test.each([undefined, "a token"])("closes its connection when the signal is aborted, token %s", async (token) => {
    const proxy = await startFaultyProxy(url);
    proxy.setNextFates("passes", "held");
    const controller = new AbortController();
    const client = createClient({ url: proxy.url, token });
    const pages = client.queryPages("taskforces", { query: {} }, controller.signal);
    expect((await pages.next()).value?.items).toHaveLength(2);
    const second = pages.next();
    await expect.poll(() => proxy.held.waiting).toBe(1);
    // Node.js 20 loses the link between the signals of a request and of its copies.
    collectGarbage();
    controller.abort(new Error("the view has ended"));
    await expect(second).rejects.toThrow("the view has ended");
    await expect.poll(() => proxy.held).toEqual({ waiting: 0, abandoned: 1 });
  });
});

test.each([
  [null, undefined],
  ["", undefined],
  ["index=phase, ended=never", undefined],
  ['index="phase", looked-at=3, matched=x, work=1, ended=end', undefined],
  [
    'index="phase schedd", looked-at=3, matched=1, work=12345, ended=work, later="a, b"',
    { indexes: ["phase", "schedd"], lookedAt: 3, matched: 1, work: 12345, ended: "work" },
  ],
  [
    'index="", looked-at=0, matched=0, work=9, ended=end',
    { indexes: [], lookedAt: 0, matched: 0, work: 9, ended: "end" },
  ],
])("the header %j is the plan %j", (header, plan) => {
  expect(parseQueryPlan(header)).toEqual(plan);
});

describe("while the service is down", () => {
  test("the client retries until the service is back", async () => {
    const first = await startTestService();
    await first.close();
    const reasons: string[] = [];
    const client = createClient({ url: first.url, retry: { onRetry: (reason) => reasons.push(reason) } });
    const call = unwrapResponse(client.GET("/v1/"));
    await expect.poll(() => reasons.length).toBeGreaterThan(1);
    const second = await startTestService({ REST_PORT: new URL(first.url).port, REDIS_URL: first.redisUrl });
    onTestFinished(() => second.close());
    expect(await call).toEqual({});
    expect(reasons[0]).toContain("ECONNREFUSED");
  });

  test("the client stops after the retry time", async () => {
    const { url, close } = await startTestService();
    await close();
    const call = unwrapResponse(createClient({ url, retry: NO_RETRY }).GET("/v1/"));
    await expect(call).rejects.toThrow(`could not reach ${url}: connect ECONNREFUSED`);
    await expect(call).rejects.toMatchObject({ name: "Unreachable", mayHaveSucceeded: false });
  });

  test("an abort of the call ends the delay", async () => {
    const { url, close } = await startTestService();
    await close();
    const controller = new AbortController();
    const client = createClient({ url, retry: { onRetry: () => controller.abort(new Error("controller")) } });
    await expect(client.GET("/v1/", { signal: controller.signal })).rejects.toThrow("controller");
  });
});

describe("while Redis is unreachable", () => {
  test("the client waits for Retry-After and retries until Redis is back", async () => {
    const redis = await startRedisProxy(await freshDatabase());
    const service = await startTestService({ REDIS_URL: redis.url });
    onTestFinished(async () => {
      await redis.restore();
      await service.close();
      await redis.close();
    });
    const delays: number[] = [];
    const client = createClient({
      url: service.url,
      retry: {
        onRetry(reason, delaySeconds) {
          expect(reason).toContain("503");
          delays.push(delaySeconds);
          void redis.restore();
        },
      },
    });
    await redis.disconnect();
    const path = { workflow_id: "WF-1" };
    const { response } = await client.GET("/v1/workflows/{workflow_id}", { params: { path } });
    expect(response.status).toBe(404);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1);
  });
});

/** A proxy's page says as little about the request as a broken connection. */
const BROKEN = ["response lost", "response truncated", "page 502", "page 503", "page 504"] as const;

describe("when the connection breaks before the end of the response", () => {
  test.each(BROKEN)("a read is repeated: %s", async (fate) => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const proxy = await startFaultyProxy(scenario.url);
    proxy.setNextFates(fate, fate);
    const path = { workflow_id: workflow.workflow_id };
    const client = createClient({ url: proxy.url });
    const read = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path } }));
    expect(read).toEqual(workflow);
    expect(proxy.forwardedRequests).toHaveLength(3);
  });

  test("a report of a TMS is repeated, and counts once", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, workflowId } = await scenario.createRunning(at);
    await scenario.deactivate(workflowId, "abort");
    const proxy = await startFaultyProxy(scenario.url);
    proxy.setNextFates("response lost");
    const params = { path: { taskforce_uuid: uuid } };
    const client = createClient({ url: proxy.url });
    await unwrapResponse(client.POST("/v1/tms/condor-rm/taskforces/{taskforce_uuid}", { params }));
    expect(proxy.forwardedRequests).toHaveLength(2);
    const { phase_change_log } = await scenario.readTaskforce(uuid);
    expect(phase_change_log.filter(({ target_phase }) => target_phase === "condor-rm")).toHaveLength(1);
  });

  test.each(BROKEN)("a repeated creation creates one workflow: %s", async (fate) => {
    const proxy = await startFaultyProxy(scenario.url);
    proxy.setNextFates(fate, fate);
    const body = JSON.parse(workflowRequestJson({ cluster_locations: ["pool-0"], task_args: fate })) as WorkflowRequest;
    const { workflow } = await unwrapResponse(createClient({ url: proxy.url }).POST("/v1/workflows", { body }));
    expect(proxy.forwardedRequests).toHaveLength(3);
    const query = { task_args: fate };
    const made: string[] = [];
    for await (const { workflow_id } of createClient({ url: scenario.url }).query("task-directives", {
      query,
    }))
      made.push(workflow_id);
    expect(made).toEqual([workflow.workflow_id]);
  });

  test("a repeated add-workers adds one taskforce", async () => {
    const { task_directives, workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const proxy = await startFaultyProxy(scenario.url);
    proxy.setNextFates("response lost");
    const { taskforce_uuid } = await unwrapResponse(
      createClient({ url: proxy.url }).POST("/v1/task-directives/{task_id}/actions/add-workers", {
        params: { path: { task_id: single(task_directives).task_id } },
        body: { cluster_location: "pool-0", n_workers: 3 },
      }),
    );
    expect(proxy.forwardedRequests).toHaveLength(2);
    const all: string[] = [];
    const query = { workflow_id: workflow.workflow_id };
    for await (const one of createClient({ url: scenario.url }).query("taskforces", { query }))
      all.push(one.taskforce_uuid);
    expect(all).toHaveLength(2);
    expect(all).toContain(taskforce_uuid);
  });

  test("two requests create two workflows, unless they have the same key", async () => {
    const client = createClient({ url: scenario.url });
    const body = JSON.parse(workflowRequestJson({ cluster_locations: ["pool-0"] })) as WorkflowRequest;
    const create = async (key?: string) => {
      const params = { header: { ...(key && { "Idempotency-Key": key }) } };
      return (await unwrapResponse(client.POST("/v1/workflows", { body, params }))).workflow.workflow_id;
    };
    expect(await create()).not.toBe(await create());
    expect(await create("tonight")).toBe(await create("tonight"));
  });

  test("an abort is repeated with its key", async () => {
    const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
    const proxy = await startFaultyProxy(scenario.url);
    proxy.setNextFates("response lost");
    const params = { path: { workflow_id: workflow.workflow_id } };
    const { data } = await createClient({ url: proxy.url }).POST("/v1/workflows/{workflow_id}/actions/abort", {
      params,
    });
    expect(data).toEqual({ workflow_id: workflow.workflow_id, n_taskforces: 1 });
    expect(proxy.forwardedRequests).toHaveLength(2);
  });

  test.each(["response lost", "page 504"] as const)(
    "the error of a request that is not repeated says that it may have taken effect: %s",
    async (fate) => {
      const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt(["pool-0"])]);
      const proxy = await startFaultyProxy(scenario.url);
      proxy.setNextFates(fate);
      const params = { path: { workflow_id: workflow.workflow_id } };
      const client = createClient({ url: proxy.url, retry: { maxSeconds: 0 } });
      const aborted = client.POST("/v1/workflows/{workflow_id}/actions/abort", { params });
      await expect(aborted).rejects.toMatchObject({ name: "Unreachable", mayHaveSucceeded: true });
      await expect(aborted).rejects.toBeInstanceOf(Unreachable);
      expect(proxy.forwardedRequests).toHaveLength(1);
      expect((await scenario.readWorkflow(workflow.workflow_id)).deactivated).toBe("ABORTED");
    },
  );
});
