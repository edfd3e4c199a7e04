import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { type ScriptedMqs, startScriptedMqs, statusResponse, tryAgainLaterResponse } from "../mqs/scriptedMqs.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { deleteKeys, openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { type Scrape, scrape } from "./scrape.js";

let mqs: ScriptedMqs;
let redis: RedisClient;
let scenario: ServiceScenario;

beforeAll(async () => {
  mqs = await startScriptedMqs();
  const url = await freshDatabase();
  redis = openRedis(url);
  scenario = await startServiceScenario({
    REDIS_URL: url,
    MQS_ADDRESS: mqs.address,
    WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "0",
    TMS_RETRY_WAIT: "0",
    TMS_ACTION_RETRIES: "1",
    RECONCILE_SECONDS: "0.2",
  });
});
afterAll(async () => {
  await scenario.close();
  redis.disconnect();
  await mqs.close();
});

/** Scrapes until a value is as expected, because the state of Redis is cached for a few seconds. */
const waitForMetric = (name: string, labels: Record<string, string>, value: number): Promise<Scrape> =>
  waitForValue(
    `${name} ${JSON.stringify(labels)} is ${value}`,
    () => scrape(scenario.url),
    (seen) => seen.value(name, labels) === value,
  );

const readMetric = async (name: string, labels: Record<string, string>): Promise<number> =>
  (await scrape(scenario.url)).value(name, labels) ?? 0;

describe("a scrape shows", () => {
  it("requests by method, route and code, with their durations", async () => {
    const { uuid } = await scenario.createRunning(scenario.nextAccessPoint());
    const labels = { method: "GET", route: "/v1/taskforces/{taskforce_uuid}" };
    const [found, missing] = [
      { ...labels, code: "200" },
      { ...labels, code: "404" },
    ];
    const count = "wms_http_request_duration_seconds_count";
    const [before, missed] = [await readMetric(count, found), await readMetric(count, missing)];
    for (let n = 0; n < 3; n++) await scenario.readTaskforce(uuid);
    await scenario.request("GET", "/v1/taskforces/TF-1");
    await waitForMetric(count, missing, missed + 1);
    const seen = await waitForMetric(count, found, before + 3);
    expect(seen.value("wms_http_request_duration_seconds_bucket", { ...found, le: "+Inf" })).toBe(before + 3);
    expect(seen.value("wms_http_request_duration_seconds_sum", found)).toBeGreaterThan(0);
    expect(seen.types.get("wms_http_request_duration_seconds")).toBe("histogram");
  });

  it("taskforces by phase and schedd", async () => {
    const at = scenario.nextAccessPoint();
    await scenario.createRunning(at);
    await scenario.createInPhase("condor-complete", at);
    await scenario.createPending(at);
    await scenario.createPending(at);
    const { schedd } = at;
    const seen = await waitForMetric("wms_taskforces", { schedd, phase: "pending-starter" }, 2);
    expect(seen.value("wms_taskforces", { schedd, phase: "condor-submit" })).toBe(1);
    expect(seen.value("wms_taskforces", { schedd, phase: "condor-complete" })).toBe(1);
    expect(seen.value("wms_taskforces", { schedd })).toBe(4);
  });

  it("waiting and leased taskforces, and their waiting times", async () => {
    const at = scenario.nextAccessPoint();
    const labels = { queue: "starter", schedd: at.schedd };
    for (const priority of [90, 50, 10]) await scenario.createPending(at, { priority });
    const before = await waitForMetric("wms_queue_jobs", { ...labels, state: "waiting" }, 3);
    expect(before.value("wms_queue_oldest_waiting_seconds", labels)).toBeGreaterThan(0);
    expect(before.value("wms_queue_jobs", { ...labels, state: "active" })).toBe(0);
    expect(before.value("wms_hand_out_wait_seconds_count", labels)).toBeUndefined();

    await scenario.leaseToStart(at.createTms);
    const after = await waitForMetric("wms_queue_jobs", { ...labels, state: "active" }, 1);
    expect(after.value("wms_queue_jobs", { ...labels, state: "waiting" })).toBe(2);
    expect(after.value("wms_hand_out_wait_seconds_count", labels)).toBe(1);
    expect(after.value("wms_hand_out_wait_seconds_sum", labels)).toBeGreaterThan(0);

    for (let n = 0; n < 2; n++) await scenario.leaseToStart(at.createTms);
    const empty = await waitForMetric("wms_queue_jobs", { ...labels, state: "active" }, 3);
    expect(empty.value("wms_queue_oldest_waiting_seconds", labels)).toBe(0);
    expect(empty.value("wms_hand_out_wait_seconds_count", labels)).toBe(3);
  });

  it("taskforces that wait for their removal", async () => {
    const at = scenario.nextAccessPoint();
    const labels = { queue: "stopper", schedd: at.schedd };
    await scenario.createInPhase("pending-stopper", at);
    const seen = await waitForMetric("wms_queue_jobs", { ...labels, state: "waiting" }, 1);
    expect(seen.value("wms_queue_oldest_waiting_seconds", labels)).toBeGreaterThan(0);
    await scenario.leaseToStop(at.createTms);
    await waitForMetric("wms_hand_out_wait_seconds_count", labels, 1);
  });

  it("taskforces whose submission failed too often", async () => {
    const at = scenario.nextAccessPoint();
    await scenario.createPending(at);
    for (let failures = 0; failures < 2; failures++)
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms));
    await waitForMetric("wms_queue_jobs", { queue: "starter", schedd: at.schedd, state: "dead" }, 1);
    const seen = await waitForMetric("wms_workflows_needing_attention", { code: "dead-letters" }, 1);
    expect(seen.value("wms_workflows_needing_attention", { code: "workers-held" })).toBe(0);
  });

  it("workflows whose workers are held", async () => {
    const held = { code: "workers-held" };
    const { uuid } = await scenario.createRunning(scenario.nextAccessPoint());
    const { status } = await scenario.request("POST", "/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [uuid]: { "HELD: disk full": { null: 3 }, RUNNING: { Tasking: 1 } } },
    });
    expect(status).toBe(200);
    await waitForMetric("wms_workflows_needing_attention", held, 1);
  });

  it("retried and failed activations", async () => {
    const runs = (outcome: string) => ({ queue: "mq-activation", outcome });
    const name = "wms_background_jobs_total";
    const [retried, dead] = [await readMetric(name, runs("retry")), await readMetric(name, runs("dead"))];
    const at = scenario.nextAccessPoint();
    const withQueue = [makeTaskRequestAt([at.location], { output_queue_aliases: ["events"] })];

    mqs.script("activation", "*", tryAgainLaterResponse, tryAgainLaterResponse);
    await scenario.submitWorkflow(withQueue);
    await waitForMetric(name, runs("retry"), retried + 2);

    mqs.script("activation", "*", statusResponse(400));
    await scenario.submitWorkflow(withQueue);
    await waitForMetric(name, runs("dead"), dead + 1);
    await waitForMetric("wms_queue_jobs", { queue: "mq-activation", state: "dead" }, 1);
  });

  it("repairs of reconcile after the loss of a queue's keys", async () => {
    const at = scenario.nextAccessPoint();
    for (let n = 0; n < 3; n++) await scenario.createPending(at);
    await waitForMetric("wms_queue_jobs", { queue: "starter", schedd: at.schedd, state: "waiting" }, 3);
    const added = { queue: "starter", repair: "added" };
    const before = await readMetric("wms_reconcile_repairs_total", added);
    await deleteKeys(redis, `*starter-${at.schedd}:*`);
    const seen = await waitForValue(
      "three jobs are restored",
      () => scrape(scenario.url),
      (now) => (now.value("wms_reconcile_repairs_total", added) ?? 0) >= before + 3,
    );
    expect(seen.value("wms_periodic_runs_total", { work: "reconcile", outcome: "done" })).toBeGreaterThan(0);
    expect(seen.value("wms_periodic_runs_total", { work: "reconcile", outcome: "failed" })).toBe(0);
  });

  it("reports about HTCondor clusters that the service does not know", async () => {
    const before = await readMetric("wms_stray_clusters_total", {});
    const at = scenario.nextAccessPoint();
    const { handOut } = await scenario.createRunning(at);
    await expect(scenario.tms(at.schedd).submit(handOut)).rejects.toMatchObject({ status: 404 });
    await waitForMetric("wms_stray_clusters_total", {}, before + 1);
    await waitForMetric("wms_stray_clusters", {}, 1);
  });

  it("Redis, its memory, and the process itself", async () => {
    const seen = await waitForMetric("wms_redis_up", {}, 1);
    expect(seen.value("wms_ready")).toBe(1);
    expect(seen.value("wms_redis_ping_seconds")).toBeGreaterThan(0);
    expect(seen.value("wms_redis_memory_bytes")).toBeGreaterThan(0);
    expect(seen.value("wms_redis_memory_limit_bytes")).toBe(0);
    expect(seen.value("wms_redis_reconnects_total")).toBe(0);
    expect(seen.value("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThan(0);
    expect(seen.value("process_resident_memory_bytes")).toBeGreaterThan(0);
  });
});

it("an expired lease is counted by its outcome", async () => {
  const short = await startServiceScenario({ TMS_LEASE_SECONDS: "0.3" });
  try {
    const at = short.nextAccessPoint();
    const labels = { queue: "starter", schedd: at.schedd };
    const before = await scrape(short.url);
    expect(before.value("wms_leases_run_out_total", labels)).toBe(0);
    expect(before.value("wms_leases_reclaimed_total", labels)).toBe(0);
    await short.createPending(at);
    await short.leaseToStart(at.createTms);
    await short.leaseToStart(at.createTms);
    const seen = await waitForValue(
      "the expired lease is counted",
      () => scrape(short.url),
      (now) => (now.value("wms_leases_run_out_total", labels) ?? 0) >= 1,
    );
    expect(seen.value("wms_leases_reclaimed_total", labels)).toBe(seen.value("wms_leases_run_out_total", labels));
    await waitForValue(
      "its workflow needs attention",
      () => scrape(short.url),
      (now) => now.value("wms_workflows_needing_attention", { code: "hand-outs-unreported" }) === 1,
    );
  } finally {
    await short.close();
  }
});
