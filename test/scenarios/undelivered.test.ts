import { once } from "node:events";
import { request } from "node:http";
import type { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { redisProcessId } from "../../scripts/failover/replication.js";
import { startRedisProxy } from "../api/redisProxy.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import {
  makeTaskRequestAt,
  type ServiceScenario,
  startServiceScenario,
  type TestAccessPoint,
} from "./serviceScenario.js";

interface Polled {
  taskforce?: { taskforce_uuid: string };
}

async function startScenario(redisUrl: string): Promise<ServiceScenario> {
  const scenario = await startServiceScenario({ REDIS_URL: redisUrl, TMS_LEASE_SECONDS: "3600" });
  onTestFinished(() => scenario.close());
  return scenario;
}

const pollPath = ({ schedd }: TestAccessPoint) => `/v1/tms/pending-starter/taskforces?schedd=${schedd}`;

/** Creates a workflow whose taskforces wait to be started. @returns its id and theirs */
async function createPending(scenario: ServiceScenario, at: TestAccessPoint, tasks: number) {
  const created = await scenario.submitWorkflow(
    Array.from({ length: tasks }, (_, n) => makeTaskRequestAt([at.location], { task_args: String(n) })),
  );
  const uuids = created.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  for (const uuid of uuids) await scenario.waitForPhase(uuid, "pending-starter");
  return { workflow: created.workflow.workflow_id, uuids };
}

test("what clients asked for while Redis stood still, and got a 503 for, takes no effect", async () => {
  const server = await startOwnRedis();
  const scenario = await startScenario(server.url);
  const at = scenario.nextAccessPoint();
  const { uuids } = await createPending(scenario, at, 3);
  const { workflow } = await createPending(scenario, scenario.nextAccessPoint(), 1);
  const abort = () => scenario.request("POST", `/v1/workflows/${workflow}/actions/abort`);
  const poll = () => scenario.request<Polled>("GET", pollPath(at));

  const pid = await redisProcessId(server.port);
  process.kill(pid, "SIGSTOP");
  onTestFinished(() => void process.kill(pid, "SIGCONT"));
  const refused = await Promise.all([poll(), poll(), poll(), abort()]);
  expect(refused.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  process.kill(pid, "SIGCONT");

  const got: string[] = [];
  while (got.length < uuids.length) {
    const { body } = await waitForValue(
      "a taskforce is handed out",
      poll,
      ({ status, body }) => status === 200 && body.taskforce !== undefined,
    );
    got.push(body.taskforce?.taskforce_uuid ?? "");
  }
  expect(got.toSorted()).toEqual(uuids.toSorted());
  expect(await abort()).toMatchObject({ status: 200 });
});

test("a taskforce whose poller has gone before the answer is handed out again at once", async () => {
  const server = await startOwnRedis();
  const proxy = await startRedisProxy(server.url);
  onTestFinished(() => proxy.close());
  const scenario = await startScenario(proxy.url);
  const redis = openRedis(server.url) as Redis;
  onTestFinished(() => redis.disconnect());
  const at = scenario.nextAccessPoint();
  const { uuids } = await createPending(scenario, at, 1);

  // The answer takes several round trips after the lease.
  proxy.setLatency(300);
  onTestFinished(() => proxy.setLatency(0));
  const gone = request(scenario.url + pollPath(at), { agent: false });
  gone.on("error", () => undefined);
  gone.end();
  await once(gone, "finish");
  await waitUntil("the taskforce is leased", async () => (await findKeys(redis, "*:lock")).length > 0);
  gone.destroy();
  const { body } = await waitForValue(
    "the taskforce is handed out again",
    () => scenario.request<Polled>("GET", pollPath(at)),
    (polled) => polled.status === 200 && polled.body.taskforce !== undefined,
  );
  expect(body.taskforce?.taskforce_uuid).toBe(uuids[0]);
});
