import { expect, test } from "vitest";
import { startScriptedMqs } from "../mqs/scriptedMqs.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import { LOADED_MODULES_ENV, loadedPackages } from "./loadedPackages.js";
import { type CollectedSpan, startOtlpCollector } from "./otlpCollector.js";
import { createSmallWorkflow, readEntity, ServiceProcess, workflowRequestJson } from "./serviceProcess.js";

const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;

/** Exports spans often, so that no test waits long for an export. */
const FREQUENT_EXPORT = { OTEL_BSP_SCHEDULE_DELAY: "100" };

async function waitForPendingStarter(url: string, taskforce: string): Promise<void> {
  await waitUntil(
    "the taskforce may be handed out",
    async () => (await readEntity<{ phase: string }>(url, taskforce)).phase === "pending-starter",
  );
}

test("a request's traceparent is continued through Redis and the queues into the worker process, and to the MQS", async () => {
  const collector = await startOtlpCollector();
  const mqs = await startScriptedMqs();
  const environment = {
    REDIS_URL: await freshDatabase(),
    MQS_ADDRESS: mqs.address,
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    ...FREQUENT_EXPORT,
  };
  const web = new ServiceProcess("web", environment);
  const worker = new ServiceProcess("worker", environment);
  await worker.waitForOutput(/WMS worker runs/);
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const clientSpan = "00f067aa0ba902b7";

  const url = await web.waitForUrl();
  const answer = await fetch(`${url}/v1/workflows`, {
    method: "POST",
    body: workflowRequestJson({ input_queue_aliases: ["in"] }),
    headers: { traceparent: `00-${traceId}-${clientSpan}-01`, "x-request-id": "traced" },
  });
  const { taskforces } = (await answer.json()) as { taskforces: { taskforce_uuid: string }[] };
  await waitForPendingStarter(url, `/v1/taskforces/${taskforces[0]?.taskforce_uuid}`);
  for (const process of [web, worker]) process.signal("SIGTERM");
  expect(await Promise.all([web.waitForExit(), worker.waitForExit()])).toEqual([0, 0]);
  await mqs.close();

  const spans = collector.spans.filter((span) => span.traceId === traceId);
  const parents = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = (span: CollectedSpan | undefined) => parents.get(span?.parentId ?? "");
  const find = (role: string, kind: number, name: string | RegExp) =>
    spans.find((span) => span.role === role && span.kind === kind && span.name.match(name));

  const request = find("web", SERVER, "POST /v1/workflows");
  expect(request).toMatchObject({
    parentId: clientSpan,
    attributes: {
      "http.route": "/v1/workflows",
      "http.response.status_code": 200,
      "wms.request.id": "traced",
    },
  });
  const scriptCalls = spans.filter(({ role, name }) => role === "web" && /^EVAL(SHA)?$/.test(name));
  expect(scriptCalls.map(parentOf)).toContain(request);
  expect(find("web", CLIENT, "POST")?.attributes["url.full"]).toMatch(/\/mq-group\/reservation$/);

  const added = find("web", PRODUCER, "add mq-activation");
  expect(parentOf(added)).toBe(request);
  const activation = find("worker", CONSUMER, "process mq-activation");
  expect(parentOf(activation)).toBe(added);
  expect(parentOf(find("worker", CLIENT, /^EVAL(SHA)?$/))).toBeDefined();
  expect(find("worker", CLIENT, "POST")?.attributes["url.full"]).toMatch(/\/mq-group\/activation$/);

  expect(web.logLines()).toContainEqual(expect.objectContaining({ request: "traced", msg: "request", trace: traceId }));
  // What a worker does without being asked leaves no traces, nor do probes, and spans hold nothing of what users sent.
  expect(collector.spans.filter(({ name }) => /getNextJob|extendLocks|stalled/i.test(name))).toEqual([]);
  expect(JSON.stringify(collector.spans)).not.toContain("/cvmfs/images");
  expect(new Set(collector.requests)).toEqual(new Set(["POST /v1/traces application/x-protobuf"]));
});

test("a job's data is its id, and what is leased carries no trace", async () => {
  const collector = await startOtlpCollector();
  const REDIS_URL = await freshDatabase();
  const environment = { REDIS_URL, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...FREQUENT_EXPORT };
  const web = new ServiceProcess("web", environment);
  const url = await web.waitForUrl();
  const { workflow, taskforce } = await createSmallWorkflow(url, workflowRequestJson({ input_queue_aliases: ["in"] }));
  const redis = openRedis(REDIS_URL);
  const id = workflow.split("/").at(-1) ?? "";
  const job = await redis.hgetall(`{wmsq-mq-activation}:mq-activation:${id}`);
  expect(JSON.parse(job["data"] ?? "")).toEqual({ id });
  expect(JSON.parse(job["opts"] ?? "")).toMatchObject({ tm: expect.stringContaining("traceparent") });

  const worker = new ServiceProcess("worker", environment);
  await worker.waitForOutput(/WMS worker runs/);
  let leased: Record<string, string> = {};
  await waitUntil("the taskforce is queued", async () => {
    leased = await redis.hgetall(`{wmsq-starter-SCHEDD1}:starter-SCHEDD1:${taskforce.split("/").at(-1)}`);
    return leased["data"] !== undefined;
  });
  redis.disconnect();
  expect(JSON.parse(leased["data"] ?? "")).toEqual({});
  expect(JSON.parse(leased["opts"] ?? "")).not.toHaveProperty("tm");
  const answer = await readEntity<{ taskforce: object }>(url, "/v1/tms/pending-starter/taskforces?schedd=SCHEDD1");
  expect(answer.taskforce).toMatchObject({ taskforce_uuid: taskforce.split("/").at(-1) });
});

test("an unreachable collector is logged once, and the service works without it", async () => {
  const service = new ServiceProcess("main", {
    REDIS_URL: await freshDatabase(),
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_TIMEOUT: "100",
    ...FREQUENT_EXPORT,
  });
  const url = await service.waitForUrl();
  const complaints = () => service.logLines().filter(({ msg }) => msg === "traces cannot be delivered");
  await createSmallWorkflow(url);
  await waitUntil("it says so", () => complaints().length > 0);
  await createSmallWorkflow(url);
  service.signal("SIGTERM");
  expect(await service.waitForExit()).toBe(0);
  expect(complaints()).toHaveLength(1);
});

test("OpenTelemetry is loaded where it is wanted", async () => {
  const collector = await startOtlpCollector();
  const service = new ServiceProcess("main", {
    REDIS_URL: await freshDatabase(),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...LOADED_MODULES_ENV,
  });
  await service.waitForUrl();
  service.signal("SIGTERM");
  expect(await service.waitForExit()).toBe(0);
  expect([...loadedPackages(service)]).toEqual(
    expect.arrayContaining(["@opentelemetry/sdk-trace-base", "bullmq-otel"]),
  );
});
