import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { UNCHECKED_CALLER } from "../../src/domain/caller.js";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import { createLogEntry } from "../../src/lifecycle/changeEffects.js";
import { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { jobIds } from "../queues/jobIds.js";
import {
  lastEntry,
  type ServiceScenario,
  shortLog,
  startServiceScenario,
  type TestAccessPoint,
} from "../scenarios/serviceScenario.js";
import { freshDatabase, PARTITIONS } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

let redis: RedisClient;
let scenario: ServiceScenario;
let queues: Queues;
let store: Store;

beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  store = await openStore(redis, { partitions: PARTITIONS });
  queues = new Queues({ redis, leaseSeconds: 300, schedds: [] });
  // The first failure is the last one, which distinguishes a retry from a failure that is not counted yet.
  scenario = await startServiceScenario({
    REDIS_URL: url,
    RECONCILE_SECONDS: "0.2",
    TMS_ACTION_RETRIES: "0",
  });
});

afterAll(async () => {
  await scenario.close();
  await queues.close();
  redis.disconnect();
});

/** Creates a dead letter. @returns the uuid of its taskforce */
async function createDead(at: TestAccessPoint): Promise<TaskforceUuid> {
  const { taskforce_uuid } = await scenario.createPending(at);
  await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no such file");
  return taskforce_uuid;
}

const retriedBy = (who: string) =>
  createLogEntry({ log: pino({ level: "silent" }) }, "pending-starter", true, "operator", `Retried by ${who}.`);

it("a retry through BullMQ hands the taskforce out again, and is in its log", async () => {
  const at = scenario.nextAccessPoint();
  const uuid = await createDead(at);
  await (await queues.forSchedd(at.schedd).starter.queue.getJob(uuid))?.retry();

  const { taskforce } = await scenario.leaseToStart(at.createTms);
  expect(taskforce.taskforce_uuid).toBe(uuid);
  const retried = { source_entity: "Operator", context: "Retried by other means than the dashboard." };
  expect(taskforce).toMatchObject({
    phase_change_log: expect.arrayContaining([expect.objectContaining(retried)]),
  });
  expect((await store.fetch("taskforce", uuid))?.submit_failures).toBeUndefined();
  expect(shortLog(await scenario.readTaskforce(uuid)).slice(-3)).toEqual([
    "pending-starter by Taskforce Launch Control",
    "no condor-submit by TMS",
    "pending-starter by Operator",
  ]);
});

it("reconcile completes a retry whose process died after the write to the store", async () => {
  const at = scenario.nextAccessPoint();
  const uuid = await createDead(at);
  expect(await store.transitions.recordRetry(uuid, retriedBy("olga"))).toBe(true);

  const { taskforce } = await scenario.leaseToStart(at.createTms);
  expect(taskforce.taskforce_uuid).toBe(uuid);
  expect(lastEntry(await scenario.readTaskforce(uuid)).context).toBe("Retried by olga.");
});

it("reconcile does not change a dead letter whose failure is not counted yet", async () => {
  const at = scenario.nextAccessPoint();
  const { taskforce_uuid: uuid } = await scenario.createPending(at);
  await scenario.leaseToStart(at.createTms);
  const { starter } = queues.forSchedd(at.schedd);
  expect(await starter.moveToDeadLetters(uuid, "being reported", UNCHECKED_CALLER.subject)).toBe(true);
  // A later dead letter shows that reconcile has passed.
  const { taskforce_uuid: marker } = await scenario.createPending(at);
  await starter.ack(marker);
  await waitForValue(
    "reconcile restores the marker",
    () => jobIds(starter),
    ({ live }) => live.has(marker),
  );
  expect((await jobIds(starter)).dead).toEqual(new Set([uuid]));
});

it("a repeated retry is logged once, and that of another operator again", async () => {
  const at = scenario.nextAccessPoint();
  const uuid = await createDead(at);
  for (const who of ["olga", "olga", "otto"])
    expect(await store.transitions.recordRetry(uuid, retriedBy(who))).toBe(true);
  const { phase_change_log } = await scenario.readTaskforce(uuid);
  expect(phase_change_log.slice(-2).map(({ context }) => context)).toEqual(["Retried by olga.", "Retried by otto."]);
});

it("a taskforce in a later phase can't be retried", async () => {
  const at = scenario.nextAccessPoint();
  const { uuid } = await scenario.createRunning(at);
  expect(await store.transitions.recordRetry(uuid as TaskforceUuid, retriedBy("olga"))).toBe(false);
  const aborted = await createDead(at);
  const { workflow_id } = await scenario.readTaskforce(aborted);
  await scenario.deactivate(workflow_id, "abort");
  expect(await store.transitions.recordRetry(aborted, retriedBy("olga"))).toBe(false);
  expect(await store.transitions.recordRetry("TF-0-00000000-0-0" as TaskforceUuid, retriedBy("olga"))).toBe(false);
  expect(shortLog(await scenario.readTaskforce(aborted)).at(-1)).toBe("pending-stopper by User");
});
