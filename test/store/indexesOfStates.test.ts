import { expect, test } from "vitest";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import type { PhaseChange } from "../../src/domain/phases.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { indexKey, memberOf, partitionOf } from "../../src/store/keys.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { openStore } from "../../src/store/store.js";
import { startApiFixture } from "../api/apiFixture.js";
import { submitReport } from "../api/requestBodies.js";
import { indexesEqualScan } from "../chaos/invariants/projectionInvariants.js";
import { readStoreSnapshot } from "../chaos/storeSnapshot.js";
import { PARTITIONS } from "../setup/database.js";
import { freshStore } from "../setup/freshStore.js";
import { openRedis } from "../setup/testRedis.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

/** Opens the store of a service, whose indexes are compared with a scan on each call. */
async function openIndexCheck(url: string) {
  const redis = openRedis(url);
  const store = await openStore(redis, { partitions: PARTITIONS });
  const check = async () => {
    const snapshot = await readStoreSnapshot(redis, store);
    const { workflow: workflows, task: directives, taskforce: taskforces } = snapshot;
    const apiView = { workflows, directives, taskforces } as unknown as Parameters<
      typeof indexesEqualScan
    >[0]["apiView"];
    expect(indexesEqualScan({ snapshot, apiView })).toEqual([]);
  };
  return { redis, check };
}

test("the indexes are right after each step of a workflow", async () => {
  const fixture = await startApiFixture({ TMS_RETRY_WAIT: "0" });
  const { redis, check } = await openIndexCheck(fixture.service.redisUrl);
  const inIndex = async (uuid: string, field: string) => {
    const id = uuid as TaskforceUuid;
    const key = indexKey(partitionOf(id, PARTITIONS), "taskforce", field, "yes");
    return (await redis.zscore(key, memberOf(id))) !== null;
  };
  const post = async (path: string, body?: object) => {
    const response = await fixture.client.post(path, body);
    expect([path, response.status]).toEqual([path, 200]);
    await check();
    return response.body;
  };
  const report = (uuid: string, top_task_errors: object | undefined) =>
    post("/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [uuid]: { RUNNING: { Tasking: 1 } } },
      ...(top_task_errors && { top_task_errors_by_taskforce: { [uuid]: top_task_errors } }),
    });
  try {
    const place = fixture.nextLocation();
    const { taskforce_uuid: uuid, task_id, workflow_id } = await fixture.createPendingTaskforce(place);
    await check();
    await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
    await post(`/v1/tms/condor-submit/taskforces/${uuid}/failed`, { error: "no disk" });
    expect(await inIndex(uuid, "failures")).toBe(true);
    await post(`/v1/tms/condor-submit/taskforces/${uuid}`, {
      ...submitReport(),
      job_event_log_fpath: `/scratch/${"long/".repeat(50)}tms.log`,
    });
    for (const [errors, isIndexed] of [
      [{ "no disk": 2 }, true],
      [undefined, true],
      [{}, false],
      [{ a: 1 }, true],
    ] as const) {
      await report(uuid, errors);
      expect(await inIndex(uuid, "errors")).toBe(isIndexed);
    }
    await post(`/v1/task-directives/${task_id}/actions/add-workers`, {
      cluster_location: place.location,
      n_workers: 2,
    });
    await post(`/v1/workflows/${workflow_id}/actions/abort`);
    await post(`/v1/tms/condor-rm/taskforces/${uuid}/failed`, { error: "no answer" });
    await post(`/v1/tms/condor-rm/taskforces/${uuid}`);
    await post(`/v1/tms/condor-complete/taskforces/${uuid}`, { condor_complete_ts: 1_700_000_000 });
    const other = await fixture.createWorkflow(
      fixture.nextLocation(),
      { task_image: "/image/".repeat(40) },
      { priority: 3 },
    );
    await post(`/v1/workflows/${other.workflow.workflow_id}/actions/finished`);
  } finally {
    await fixture.close();
    redis.disconnect();
  }
});

test("a taskforce whose failure was left out of a long log stays in the index of failures", async () => {
  const { redis, store } = await freshStore(PARTITIONS);
  const whole = makeWholeWorkflow(1);
  await createWholeWorkflow(store, whole, 0);
  const [{ taskforce_uuid: uuid } = { taskforce_uuid: "" as TaskforceUuid }] = whole.taskforces;
  const attempt = (was_successful: boolean): PhaseChange => ({
    target_phase: "pre-launch",
    timestamp: 1_700_000_001,
    was_successful,
    source_event_time: null,
    source_entity: "TMS",
    context: "an attempt with some words to make the log long enough",
  });
  const append = async (times: number, was_successful: boolean) => {
    for (let n = 0; n < times; n++)
      await store.transitions.recordAttempts([uuid], "pre-mq-activation", encodeLogEntry(attempt(was_successful)));
  };
  await append(100, true);
  await append(1, false);
  await append(1_000, true);
  const snapshot = await readStoreSnapshot(redis, store);
  expect(snapshot.taskforce.get(uuid)?.entity.phase_change_log.every((change) => change.was_successful)).toBe(true);
  const key = indexKey(partitionOf(uuid, PARTITIONS), "taskforce", "failures", "yes");
  expect(await redis.zrange(key, 0, "-1")).toEqual([memberOf(uuid)]);
  const apiView = { workflows: snapshot.workflow, directives: snapshot.task, taskforces: snapshot.taskforce };
  expect(indexesEqualScan({ snapshot, apiView } as unknown as Parameters<typeof indexesEqualScan>[0])).toEqual([]);
});
