import { afterAll, beforeAll, expect, test } from "vitest";
import { batchesOf } from "../../src/domain/batchesOf.js";
import type { StrayCluster } from "../../src/domain/strayCluster.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { STRAY_CLUSTERS_KEY, STRAY_REPORTS_KEY } from "../../src/store/keys.js";
import { openRedis } from "../setup/testRedis.js";
import { type ApiFixture, type ScheddResponse, startApiFixture } from "./apiFixture.js";
import { submitReport } from "./requestBodies.js";

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

const reportCluster = (uuid: string, cluster_id: number) =>
  fixture.client.post(`/v1/tms/condor-submit/taskforces/${uuid}`, { ...submitReport(), cluster_id });

async function listStrays(query = ""): Promise<StrayCluster[]> {
  const { status, body } = await fixture.client.get<{ stray_clusters: StrayCluster[] }>(`/v1/stray-clusters${query}`);
  expect(status).toBe(200);
  return body.stray_clusters;
}

test("the cluster of a rejected report is listed, once, with the access point and the workflow", async () => {
  const place = fixture.nextLocation();
  const {
    taskforce_uuid: uuid,
    workflow_id,
    cluster_id,
  } = await fixture.createTaskforceInPhase("condor-submit", place);
  // A repeated report is accepted.
  expect((await reportCluster(uuid, Number(cluster_id))).status).toBe(200);
  expect(await listStrays(`?workflow_id=${workflow_id}`)).toEqual([]);

  for (const stray of [7001, 7002, 7001]) expect((await reportCluster(uuid, stray)).status).toBe(404);
  const found = await listStrays(`?workflow_id=${workflow_id}`);
  const common = { schedd: place.schedd, taskforce_uuid: uuid, workflow_id, reason: "no longer pending-starter" };
  expect(found).toMatchObject([
    { ...common, cluster_id: 7001 },
    { ...common, cluster_id: 7002 },
  ]);
  const [first, second] = found as [StrayCluster, StrayCluster];
  expect(first.last_report).toBeGreaterThan(first.first_report);
  expect(second.last_report).toBe(second.first_report);
  expect(Math.abs(second.last_report - Date.now() / 1000)).toBeLessThan(60);

  const { body } = await fixture.client.get<ScheddResponse>(`/v1/schedds/${place.schedd}`);
  expect(body.stray_clusters).toEqual(found);
  expect(await listStrays(`?schedd=${place.schedd}&limit=1`)).toEqual([first]);
  expect(await listStrays(`?schedd=${fixture.nextLocation().schedd}`)).toEqual([]);
});

test("the cluster of an unknown taskforce has no access point, and no workflow unless its uuid names one", async () => {
  const unknown = "TF-6b055875-627b889b-7d647883-00000000";
  const reason = "unknown taskforce";
  expect((await reportCluster(unknown, 8001)).status).toBe(404);
  expect((await reportCluster("é".repeat(1000), 8002)).status).toBe(404);
  expect((await reportCluster(`TF-${"a".repeat(1000)}-627b889b-7d647883-00000000`, 8003)).status).toBe(404);
  const [longest, odd, valid] = await listStrays("?limit=3");
  expect(valid).toMatchObject({
    schedd: null,
    cluster_id: 8001,
    taskforce_uuid: unknown,
    workflow_id: "WF-6b055875-627b889b",
    reason,
  });
  expect(odd).toMatchObject({ schedd: null, cluster_id: 8002, workflow_id: null, reason });
  expect(odd?.taskforce_uuid).toMatch(/^é+… \[cut: 2000 bytes\]$/);
  expect(longest).toMatchObject({ cluster_id: 8003, workflow_id: null });
  for (const each of [odd, longest]) expect(Buffer.byteLength(each?.taskforce_uuid ?? "")).toBeLessThanOrEqual(255);
});

test("an entry can be removed, once", async () => {
  expect((await reportCluster("TF-1-00000000-00000000-00000000", 9001)).status).toBe(404);
  const [stray] = await listStrays("?limit=1");
  expect(stray?.cluster_id).toBe(9001);
  const path = `/v1/stray-clusters/${stray?.id}`;
  expect(await fixture.client.request("DELETE", path)).toMatchObject({ status: 200, body: { id: stray?.id } });
  expect((await listStrays()).map(({ cluster_id }) => cluster_id)).not.toContain(9001);
  const again = await fixture.client.request("DELETE", path);
  expect(again).toMatchObject({ status: 404, body: { error: `no stray cluster found with id: ${stray?.id}` } });
});

test.each(["0", "1001", "1.5", "many", ""])("the limit %j is a 400 that names the parameter", async (limit) => {
  const { status, body } = await fixture.client.get(`/v1/stray-clusters?limit=${limit}`);
  expect(status).toBe(400);
  expect(body.error).toContain("limit");
});

test("a report is a 404 although its cluster cannot be recorded", async () => {
  const { strays, reports } = { strays: await redis.dump(STRAY_CLUSTERS_KEY), reports: STRAY_REPORTS_KEY };
  expect(strays).not.toBeNull();
  await redis.del(reports);
  await redis.set(reports, "not a sorted set");
  expect((await reportCluster("TF-1-00000000-00000000-00000001", 9101)).status).toBe(404);
  await redis.del(reports);
});

test("only the 1,000 clusters with the newest reports are kept", async () => {
  await redis.del(STRAY_CLUSTERS_KEY, STRAY_REPORTS_KEY);
  const clusters = Array.from({ length: 1005 }, (_, cluster) => cluster);
  // The oldest five first, then the others beside each other.
  for (const batch of [clusters.slice(0, 5), ...batchesOf(clusters.slice(5), 20)]) {
    const reports = batch.map((cluster) => reportCluster("TF-1-00000000-00000000-00000002", cluster));
    expect(new Set((await Promise.all(reports)).map(({ status }) => status))).toEqual(new Set([404]));
  }
  const kept = await listStrays("?limit=1000");
  expect(kept.map(({ cluster_id }) => cluster_id).sort((a, b) => a - b)).toEqual(clusters.slice(5));
  expect(await redis.hlen(STRAY_CLUSTERS_KEY)).toBe(1000);
});
