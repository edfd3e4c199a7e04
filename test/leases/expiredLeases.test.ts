import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskforceUuid, WorkflowId } from "../../src/domain/ids.js";
import type { WaitReasons } from "../../src/domain/summary.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

const PARTITIONS = 2;
let redis: RedisClient;
let store: Store;
let scenario: ServiceScenario;
beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  scenario = await startServiceScenario({
    REDIS_URL: url,
    STORE_PARTITIONS: String(PARTITIONS),
    RECONCILE_SECONDS: "3600",
    TMS_LEASE_SECONDS: "0.3",
    TMS_RETRY_WAIT: "0",
    TMS_ACTION_RETRIES: "0",
  });
  store = await openStore(redis, { partitions: PARTITIONS });
});
afterAll(async () => {
  await scenario.close();
  redis.disconnect();
});

const countsOf = async (uuid: string) => {
  const record = await store.fetch("taskforce", uuid as TaskforceUuid);
  return record && { count: record.expired_leases, at: record.lease_expired_ts };
};

/** Waits until so many leases of a taskforce have expired. @returns epoch seconds of the newest expiry */
async function waitForExpiries(uuid: string, expected: number): Promise<number> {
  const counts = await waitForValue(
    `${expected} leases expired`,
    () => countsOf(uuid),
    (each) => each?.count === expected,
  );
  return Number(counts?.at);
}

const waitForWaits = (workflow: string, isExpected: (waits: WaitReasons) => boolean) =>
  waitForValue(
    "the summary has the wait reasons",
    async () => (await store.summaries.fetch(workflow as WorkflowId))?.waits,
    (waits) => waits !== undefined && isExpected(waits),
  );

test("leases of starter jobs that expire are counted, summed in the summary, and absent in the document", async () => {
  const at = scenario.nextAccessPoint();
  const { workflow, taskforces } = await scenario.submitWorkflow([
    makeTaskRequestAt([at.location], { task_args: "one" }),
    makeTaskRequestAt([at.location], { task_args: "two" }),
    makeTaskRequestAt([at.location], { task_args: "three" }),
  ]);
  for (const { taskforce_uuid } of taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
  const before = await waitForWaits(workflow.workflow_id, ({ starter }) => starter[0]?.n === 3);
  expect(before?.starter).toMatchObject([{ schedd: at.schedd, expired_leases: 0, last_expired: null, unreported: 0 }]);

  const first = await scenario.leaseToStart(at.createTms);
  const uuid = first.taskforce.taskforce_uuid;
  await waitForExpiries(uuid, 1);
  // A returned job is the first of its rank.
  const second = await scenario.leaseToStart(at.createTms);
  expect(second.taskforce).toEqual(first.taskforce);
  const [again, other] = [second, await scenario.leaseToStart(at.createTms)];
  await waitForExpiries(again.taskforce.taskforce_uuid, 2);
  const last = await waitForExpiries(other.taskforce.taskforce_uuid, 1);
  expect(Math.abs(last - Date.now() / 1000)).toBeLessThan(60);

  const waits = await waitForWaits(workflow.workflow_id, ({ starter }) => starter[0]?.expired_leases === 3);
  const newest = Math.max(last, Number((await countsOf(uuid))?.at));
  expect(waits?.starter).toMatchObject([{ n: 3, expired_leases: 3, last_expired: newest, unreported: 2 }]);
  const document = await scenario.readTaskforce(uuid);
  expect(Object.keys(document)).toEqual(Object.keys(first.taskforce));
  expect(JSON.stringify(document)).not.toContain("expired");
});

test("a failed report and a retry reset the count", async () => {
  const at = scenario.nextAccessPoint();
  const { taskforce_uuid: uuid, workflow_id } = await scenario.createPending(at);
  await scenario.leaseToStart(at.createTms);
  await waitForExpiries(uuid, 1);
  await scenario.leaseToStart(at.createTms);
  const failed = await scenario.request("POST", `/v1/tms/condor-submit/taskforces/${uuid}/failed`, {
    error: "no disk",
  });
  expect(failed.status).toBe(200);
  expect(await countsOf(uuid)).toEqual({ count: undefined, at: undefined });

  // The taskforce is a dead letter now. The count of an expiry that is recorded late is reset by the retry.
  await store.transitions.recordExpiredLeases([uuid as TaskforceUuid], "pending-starter", 5);
  expect(await countsOf(uuid)).toEqual({ count: 1, at: "5" });
  const entry = { timestampJson: "7", restJson: ',"pending-starter",1,null,"Operator","Retried."]' };
  expect(await store.transitions.recordRetry(uuid as TaskforceUuid, entry)).toBe(true);
  expect(await countsOf(uuid)).toEqual({ count: undefined, at: undefined });
  await scenario.deactivate(workflow_id, "abort");
});

test("a submission resets the count, and expiries of removals are counted from 0", async () => {
  const at = scenario.nextAccessPoint();
  const { taskforce_uuid: uuid, workflow_id } = await scenario.createPending(at);
  await scenario.leaseToStart(at.createTms);
  await waitForExpiries(uuid, 1);
  await at.createTms.submit(await scenario.leaseToStart(at.createTms));
  expect(await countsOf(uuid)).toEqual({ count: undefined, at: undefined });

  await scenario.deactivate(workflow_id, "abort");
  await scenario.leaseToStop(at.createTms);
  const last = await waitForExpiries(uuid, 1);
  const waits = await waitForWaits(workflow_id, ({ stopper }) => stopper[0]?.expired_leases === 1);
  expect(waits?.stopper).toMatchObject([{ schedd: at.schedd, n: 1, unreported: 1, last_expired: last }]);
  await scenario.request("POST", `/v1/tms/condor-rm/taskforces/${uuid}/failed`, { error: "late" });
  await waitForWaits(workflow_id, ({ stopper }) => stopper[0]?.unreported === 0);
  await at.createTms.remove(await scenario.leaseToStop(at.createTms));
  // A lease of another phase is not counted.
  await store.transitions.recordExpiredLeases([uuid as TaskforceUuid], "pending-stopper", 5);
  expect(await countsOf(uuid)).toEqual({ count: undefined, at: undefined });
});
