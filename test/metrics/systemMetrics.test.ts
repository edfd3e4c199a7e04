import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { ProcessRegistry, type ProcessState } from "../../src/store/processRegistry.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { scrape } from "./scrape.js";

const { version } = packageJson;

let service: TestService;
let redis: RedisClient;
beforeAll(async () => {
  service = await startTestService({
    MQS_ADDRESS: "http://127.0.0.1:9",
    CLUSTER_LOCATIONS: '{"pool": {"schedd": "sub-1"}}',
  });
  redis = openRedis(service.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await service.close();
});

test("the metrics of a quiet service have one process and no failure", async () => {
  const seen = await scrape(service.url);
  expect(seen.find("wms_processes").map(({ labels, value }) => [labels, value])).toEqual([
    [{ role: "web worker", version }, 1],
  ]);
  expect(seen.value("wms_mqs_failing_seconds")).toBe(0);
  // No identity provider is configured.
  expect(seen.value("wms_identity_provider_failing_seconds")).toBeUndefined();
  expect(seen.value("wms_clock_difference_seconds")).toBeLessThan(1);
  expect(seen.value("wms_redis_persistence_ok")).toBe(1);
  expect(
    seen.find("wms_queue_paused", { schedd: "sub-1" }).map(({ labels, value }) => [labels["queue"], value]),
  ).toEqual([
    ["starter", 0],
    ["stopper", 0],
  ]);
  expect(seen.value("wms_queue_paused", { schedd: "", queue: "mq-activation" })).toBe(0);
});

test("another process, its failing upstreams and its clock are counted, and a pause is shown", async () => {
  const nowSeconds = Date.now() / 1000;
  const failing = (seconds: number) => ({
    last_success: null,
    failing_since: nowSeconds - seconds,
    last_error: null,
    latency_ms: null,
  });
  const state: ProcessState = {
    event_loop_delay_ms: 1,
    connections: null,
    rss_bytes: 1,
    clock_difference_seconds: -30,
    upstreams: { mqs: failing(1000), identity_provider: failing(2000) },
    reconcile: null,
  };
  const processes = new ProcessRegistry(redis);
  await processes.beat({ role: "worker", version: "0.0.1", host: "h", pid: 1, started: nowSeconds, ...state });
  const queues = new Queues({ redis, leaseSeconds: 300, schedds: ["sub-1"] });
  await queues.forSchedd("sub-1").starter.queue.pause();
  onTestFinished(async () => {
    await processes.leave();
    await queues.close();
  });
  const seen = await waitForValue(
    "both processes",
    () => scrape(service.url),
    (now) => now.find("wms_processes").length === 2,
  );
  expect(seen.value("wms_processes", { role: "worker", version: "0.0.1" })).toBe(1);
  expect(seen.value("wms_mqs_failing_seconds")).toBeGreaterThanOrEqual(999);
  expect(seen.value("wms_identity_provider_failing_seconds")).toBeGreaterThanOrEqual(1999);
  expect(seen.value("wms_clock_difference_seconds")).toBe(30);
  await waitForValue(
    "the pause",
    () => scrape(service.url),
    (now) => now.value("wms_queue_paused", { schedd: "sub-1", queue: "starter" }) === 1,
  );
});
