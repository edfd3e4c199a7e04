import { afterEach, beforeEach, expect, it } from "vitest";
import { type RedisProxy, startRedisProxy } from "../api/redisProxy.js";
import { type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { waitForValue } from "../setup/waitFor.js";
import { type Scrape, scrape } from "./scrape.js";

let proxy: RedisProxy;
let scenario: ServiceScenario;
beforeEach(async () => {
  proxy = await startRedisProxy(await freshDatabase());
  scenario = await startServiceScenario({ REDIS_URL: proxy.url });
});
afterEach(async () => {
  await proxy.restore();
  await scenario.close();
  await proxy.close();
});

const scrapeWhenRedisIs = (up: 0 | 1): Promise<Scrape> =>
  waitForValue(
    `wms_redis_up ${up}`,
    () => scrape(scenario.url),
    (seen) => seen.value("wms_redis_up") === up,
  );

it.each([
  ["disconnected", () => proxy.disconnect()],
  ["frozen", async () => proxy.freeze()],
])("while Redis is %s, a scrape reports it and shows the process, without old values", async (_how, harm) => {
  const at = scenario.nextAccessPoint();
  await scenario.createPending(at);
  await waitForValue(
    "the metrics show Redis",
    () => scrape(scenario.url),
    (seen) => seen.value("wms_taskforces", { schedd: at.schedd, phase: "pending-starter" }) === 1,
  );
  await harm();
  const duringOutage = await scrapeWhenRedisIs(0);
  expect(duringOutage.value("wms_ready")).toBe(0);
  for (const name of ["wms_taskforces", "wms_queue_jobs", "wms_queue_oldest_waiting_seconds"])
    expect(duringOutage.find(name)).toEqual([]);
  for (const name of ["wms_redis_ping_seconds", "wms_redis_memory_bytes", "wms_redis_memory_limit_bytes"])
    expect(duringOutage.value(name)).toBeUndefined();
  expect(duringOutage.value("process_resident_memory_bytes")).toBeGreaterThan(0);
  expect(duringOutage.value("wms_http_request_duration_seconds_count", { route: "/v1/workflows" })).toBe(1);

  await proxy.restore();
  const back = await scrapeWhenRedisIs(1);
  expect(back.value("wms_taskforces", { schedd: at.schedd, phase: "pending-starter" })).toBe(1);
  expect(back.value("wms_redis_reconnects_total", { client: "requests" })).toBeGreaterThan(0);
});
