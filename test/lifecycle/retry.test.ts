import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import { entryNow } from "../../src/lifecycle/phaseChangeLog.js";
import { createQueues, type Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { jobIds } from "../queues/jobIds.js";
import { openRedis } from "../setup/testRedis.js";
import { freshDatabase, PARTITIONS } from "../setup/database.js";
import { type AccessPoint, eventually, lastEntry, logOf, type Story, startStory } from "../scenarios/serviceScenario.js";

let redis: RedisClient;
let story: Story;
let queues: Queues;
let store: Store;

beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  store = await openStore(redis, { partitions: PARTITIONS });
  queues = createQueues({ redis, leaseSeconds: 300, schedds: [] });
  // The first failure is the last one, so that a retry can be told from a failure that has not counted yet.
  story = await startStory({ REDIS_URL: url, RECONCILE_SECONDS: "0.2", TMS_ACTION_RETRIES: "0" });
});

afterAll(async () => {
  await story.close();
  await queues.close();
  redis.disconnect();
});

/** A taskforce among the dead letters. */
async function dead(at: AccessPoint): Promise<TaskforceUuid> {
  const { taskforce_uuid } = await story.pending(at);
  await at.tms.submitFailed(await story.takes(at.tms), "no such file");
  return taskforce_uuid;
}

const retriedBy = (who: string) =>
  entryNow({ log: pino({ level: "silent" }) }, "pending-starter", true, "Operator", `Retried by ${who}.`);

it("a retry by BullMQ's own means hands the taskforce out again, and its log says so", async () => {
  const at = story.accessPoint();
  const uuid = await dead(at);
  await (await queues.of(at.schedd).starter.queue.getJob(uuid))?.retry();

  const { taskforce } = await story.takes(at.tms);
  expect(taskforce.taskforce_uuid).toBe(uuid);
  const retried = { source_entity: "Operator", context: "Retried by other means than the dashboard." };
  expect(taskforce).toMatchObject({
    phase_change_log: expect.arrayContaining([expect.objectContaining(retried)]),
  });
  expect((await store.fetch("taskforce", uuid))?.submit_failures).toBeUndefined();
  expect(logOf(await story.taskforce(uuid)).slice(-3)).toEqual([
    "pending-starter by Taskforce Launch Control",
    "no condor-submit by TMS",
    "pending-starter by Operator",
  ]);
});

it("a retry that only the store knows of, because the process died then, is finished by reconcile", async () => {
  const at = story.accessPoint();
  const uuid = await dead(at);
  expect(await store.transitions.recordRetry(uuid, retriedBy("olga"))).toBe(true);

  const { taskforce } = await story.takes(at.tms);
  expect(taskforce.taskforce_uuid).toBe(uuid);
  expect(lastEntry(await story.taskforce(uuid)).context).toBe("Retried by olga.");
});

it("a dead letter whose failure has not counted yet is left alone by reconcile", async () => {
  const at = story.accessPoint();
  const { taskforce_uuid: uuid } = await story.pending(at);
  await story.takes(at.tms);
  const { starter } = queues.of(at.schedd);
  expect(await starter.bury(uuid, "being reported")).toBe(true);
  // One that comes later shows that reconcile has been here.
  const { taskforce_uuid: marker } = await story.pending(at);
  await starter.end(marker);
  await eventually(
    "reconcile puts the marker back",
    () => jobIds(starter),
    ({ live }) => live.has(marker),
  );
  expect((await jobIds(starter)).dead).toEqual(new Set([uuid]));
});

it("the same retry twice is logged once, and another operator's again", async () => {
  const at = story.accessPoint();
  const uuid = await dead(at);
  for (const who of ["olga", "olga", "otto"])
    expect(await store.transitions.recordRetry(uuid, retriedBy(who))).toBe(true);
  const { phase_change_log } = await story.taskforce(uuid);
  expect(phase_change_log.slice(-2).map(({ context }) => context)).toEqual([
    "Retried by olga.",
    "Retried by otto.",
  ]);
});

it("what is not to be started any more can't be retried", async () => {
  const at = story.accessPoint();
  const { uuid } = await story.running(at);
  expect(await store.transitions.recordRetry(uuid as TaskforceUuid, retriedBy("olga"))).toBe(false);
  const aborted = await dead(at);
  const { workflow_id } = await story.taskforce(aborted);
  await story.deactivate(workflow_id, "abort");
  expect(await store.transitions.recordRetry(aborted, retriedBy("olga"))).toBe(false);
  expect(await store.transitions.recordRetry("TF-0-00000000-0-0" as TaskforceUuid, retriedBy("olga"))).toBe(
    false,
  );
  expect(logOf(await story.taskforce(aborted)).at(-1)).toBe("pending-stopper by User");
});
