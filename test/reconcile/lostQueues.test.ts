import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WorkflowId } from "../../src/domain/ids.js";
import { fanoutJobId } from "../../src/lifecycle/changeEffects.js";
import { jobKey } from "../../src/queues/bullLayout.js";
import { Queues } from "../../src/queues/queues.js";
import { listMasters, type RedisClient } from "../../src/redis/redisClient.js";
import { openStore } from "../../src/store/store.js";
import { jobIds } from "../queues/jobIds.js";
import {
  type ServiceScenario,
  type StartedTaskforce,
  single,
  startServiceScenario,
  type TestAccessPoint,
} from "../scenarios/serviceScenario.js";
import { freshDatabase, PARTITIONS } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

/** Deletes all queues in one step, so that the service runs no command during the deletion. */
const DELETE_QUEUES = `
  local keys = redis.call('KEYS', '{wmsq-*')
  for _, key in ipairs(keys) do redis.call('DEL', key) end
  return #keys`;

describe("after the loss of all queues", () => {
  let redis: RedisClient;
  let scenario: ServiceScenario;
  let queues: Queues;
  let at: TestAccessPoint;
  let waiting: string[];
  let dead: string;
  let leased: StartedTaskforce;
  let running: StartedTaskforce;
  let stopping: StartedTaskforce;

  beforeAll(async () => {
    const url = await freshDatabase();
    redis = openRedis(url);
    scenario = await startServiceScenario({
      REDIS_URL: url,
      RECONCILE_SECONDS: "0.3",
      TMS_RETRY_WAIT: "0",
      TMS_ACTION_RETRIES: "0",
    });
    at = scenario.nextAccessPoint();
    queues = new Queues({ redis, leaseSeconds: 300, schedds: [at.schedd] });

    running = await scenario.createRunning(at);
    stopping = await scenario.createInPhase("pending-stopper", at);
    dead = (await scenario.createPending(at)).taskforce_uuid;
    await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "no such file");
    const { taskforce_uuid: uuid, task_id: taskId, workflow_id: workflowId } = await scenario.createPending(at);
    leased = {
      uuid,
      taskId,
      workflowId,
      handOut: await scenario.leaseToStart(at.createTms),
      report: {} as never,
    };
    waiting = [];
    for (const priority of [10, 30, 20]) waiting.push((await scenario.createPending(at, { priority })).taskforce_uuid);
    const deleted = await Promise.all(listMasters(redis).map((server) => server.eval(DELETE_QUEUES, 0)));
    expect(deleted.reduce<number>((sum, keys) => sum + Number(keys), 0)).toBeGreaterThan(10);
  });

  afterAll(async () => {
    await scenario.close();
    await queues.close();
    redis.disconnect();
  });

  it("the TMS that leased a taskforce can report its submission", async () => {
    await at.createTms.submit(leased.handOut);
    expect((await scenario.readTaskforce(leased.uuid)).phase).toBe("condor-submit");
  });

  it("waiting taskforces are restored once each, in the order of their priorities", async () => {
    const starter = queues.forSchedd(at.schedd).starter;
    await waitForValue(
      "the starter queue is complete",
      () => jobIds(starter),
      ({ live }) => waiting.every((uuid) => live.has(uuid)),
    );
    const order = [];
    for (const _ of waiting) {
      const handOut = await scenario.leaseToStart(at.createTms);
      order.push(handOut.taskforce.taskforce_uuid);
      await at.createTms.submit(handOut);
    }
    expect(order).toEqual([waiting[1], waiting[2], waiting[0]]);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
  });

  it("a dead letter is restored, and an operator can retry it", async () => {
    const starter = queues.forSchedd(at.schedd).starter;
    await waitForValue(
      "the dead letter is restored",
      () => jobIds(starter),
      (ids) => ids.dead.has(dead) && !ids.live.has(dead),
    );
    await (await starter.queue.getJob(dead))?.retry();
    const handOut = await scenario.leaseToStart(at.createTms);
    expect(handOut.taskforce.taskforce_uuid).toBe(dead);
    await at.createTms.submit(handOut);
  });

  it("a cluster that waited for its removal is handed out", async () => {
    const taskforce = await scenario.leaseToStop(at.createTms);
    expect(taskforce.taskforce_uuid).toBe(stopping.uuid);
    await at.createTms.remove(taskforce);
    await at.createTms.complete(taskforce);
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });

  it("a new workflow reaches condor-submit", async () => {
    await scenario.createRunning(at);
  });

  it("summaries become correct", async () => {
    const store = await openStore(redis, { partitions: PARTITIONS });
    const summary = await waitForValue(
      "the summary of the stopped workflow",
      () => store.summaries.fetch(stopping.workflowId as WorkflowId),
      (found) => found?.taskforces_by_phase["condor-complete"] === 1,
    );
    expect(summary?.taskforces_by_phase).toEqual({ "condor-complete": 1 });
    const { taskforces_by_phase } = await waitForValue(
      "the summary of the running workflow",
      async () => (await store.summaries.fetch(running.workflowId as WorkflowId)) ?? { taskforces_by_phase: {} },
      (found) => Object.keys(found.taskforces_by_phase).length === 1,
    );
    expect(single(Object.entries(taskforces_by_phase))).toEqual(["condor-submit", 1]);
  });
});

describe("reconcile", () => {
  it("drops jobs whose taskforce is in another phase", async () => {
    const url = await freshDatabase();
    const redis = openRedis(url);
    const scenario = await startServiceScenario({ REDIS_URL: url, RECONCILE_SECONDS: "0.2" });
    const at = scenario.nextAccessPoint();
    const queues = new Queues({ redis, leaseSeconds: 300, schedds: [at.schedd] });
    const { starter, stopper } = queues.forSchedd(at.schedd);
    const { uuid } = await scenario.createRunning(at);
    for (const { queue } of [starter, stopper])
      await queue.add("taskforce", {}, { jobId: uuid, priority: 1, delay: 600_000 });
    await waitForValue(
      "both queues are empty",
      async () => [await jobIds(starter), await jobIds(stopper)],
      (both) => both.every(({ live }) => live.size === 0),
    );
    expect((await scenario.readTaskforce(uuid)).phase).toBe("condor-submit");
    await scenario.close();
    await queues.close();
    redis.disconnect();
  });

  it("adds a background job again of which only the data is left", async () => {
    const url = await freshDatabase();
    const redis = openRedis(url);
    const { fanout } = new Queues({ redis, leaseSeconds: 300, schedds: [] });
    // A queue that is deleted key by key loses its lists after a job has been added. BullMQ adds no job of the same id then.
    for (let partition = 0; partition < PARTITIONS; partition++)
      await redis.hset(jobKey(fanout.queue, fanoutJobId(partition)), { name: "job", data: "{}", opts: "{}" });
    const scenario = await startServiceScenario({ REDIS_URL: url, RECONCILE_SECONDS: "0.2" });
    const { workflowId } = await scenario.createRunning(scenario.nextAccessPoint());
    const store = await openStore(redis, { partitions: PARTITIONS });
    await waitForValue(
      "the summary of the workflow",
      () => store.summaries.fetch(workflowId as WorkflowId),
      (found) => found?.taskforces_by_phase["condor-submit"] === 1,
    );
    await scenario.close();
    await fanout.close();
    redis.disconnect();
  });
});
