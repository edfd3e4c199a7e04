import { expect, onTestFinished, test } from "vitest";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import { configurationsKey, partitionOf, recordKey } from "../../src/store/keys.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { openRedis } from "../setup/testRedis.js";
import { startApiFixture } from "./apiFixture.js";

const PARTITIONS = 4;

/** A service on a Redis of its own, because records of megabytes would delay other tests. */
async function startOwnFixture() {
  const { url } = await startOwnRedis();
  const fixture = await startApiFixture({ REDIS_URL: url, STORE_PARTITIONS: String(PARTITIONS), TMS_RETRY_WAIT: "0" });
  onTestFinished(() => fixture.close());
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  return { fixture, redis };
}

test("a taskforce whose log an earlier release stored is readable, is handed out, and completes", async () => {
  const { fixture, redis } = await startOwnFixture();
  const place = fixture.nextLocation();
  const { taskforce_uuid } = await fixture.createPendingTaskforce(place);
  const uuid = taskforce_uuid as TaskforceUuid;
  const key = recordKey(partitionOf(uuid, PARTITIONS), "taskforce", uuid);
  const entry = `[1700000000,3,0,null,8,"ERROR: ${"x".repeat(31_000_000)}"]`;
  await redis.hset(key, "log", `${await redis.hget(key, "log")},${entry}`);

  const read = await fixture.client.get(`/v1/taskforces/${uuid}`);
  expect([read.status, read.body.phase_change_log.at(-1).context.length]).toEqual([200, 31_000_007]);
  const handOut = await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
  expect(handOut.body.taskforce.taskforce_uuid).toBe(uuid);
  const failed = await fixture.client.post(`/v1/tms/condor-submit/taskforces/${uuid}/failed`, { error: "no disk" });
  expect(failed.status).toBe(200);
  const { phase_change_log } = await fixture.readTaskforce(uuid);
  expect(phase_change_log.slice(-2).map(({ context }) => context)).toEqual([
    "1 entry was left out here.",
    "ERROR: no disk",
  ]);
  const completed = await fixture.client.post(`/v1/tms/condor-complete/taskforces/${uuid}`, { condor_complete_ts: 1 });
  expect(completed.status).toBe(200);
}, 120_000);

test("add-workers copies a configuration above the limit that an earlier release stored", async () => {
  const { fixture, redis } = await startOwnFixture();
  const place = fixture.nextLocation();
  const { taskforces } = await fixture.createWorkflow(place);
  const { taskforce_uuid, task_id, worker_config } = taskforces[0]!;
  const uuid = taskforce_uuid as TaskforceUuid;
  const partition = partitionOf(uuid, PARTITIONS);
  const pilot_config = {
    tag: "1.2.3",
    image_source: "cvmfs",
    environment: { A: "x".repeat(10_000_000) },
    input_files: [],
  };
  await redis.hset(recordKey(partition, "taskforce", uuid), "configuration", "large");
  await redis.hset(configurationsKey(partition), "large", JSON.stringify({ pilot_config, worker_config }));
  const body = { cluster_location: place.location, n_workers: 2 };
  const added = await fixture.client.post(`/v1/task-directives/${task_id}/actions/add-workers`, body);
  expect([added.status, added.body.pilot_config?.environment.A.length]).toEqual([200, 10_000_000]);
}, 120_000);
