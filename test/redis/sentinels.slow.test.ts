import { afterAll, beforeAll, expect, test } from "vitest";
import { redisProcessId } from "../../scripts/failover/replication.js";
import type { TestAccessPoint } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { type SentinelScenario, startSentinelScenario, waitForNewMaster } from "./sentinelScenario.js";

let sentinels: SentinelScenario["sentinels"];
let scenario: SentinelScenario["scenario"];
let close: SentinelScenario["close"] | undefined;
let at: TestAccessPoint;

beforeAll(async () => {
  ({ sentinels, scenario, close } = await startSentinelScenario());
  at = scenario.nextAccessPoint();
});

afterAll(() => close?.());

test("a replica takes over from a dead master, and the service uses it", async () => {
  const running = await scenario.createRunning(at);
  const waiting = await scenario.createPending(at);

  const { port } = sentinels.master;
  process.kill(await redisProcessId(port), "SIGKILL");
  await waitForNewMaster(sentinels, port);
  await waitForValue(
    "requests succeed again",
    () => scenario.request("GET", `/v1/taskforces/${running.uuid}`).catch(() => ({ status: 0 })),
    ({ status }) => status === 200,
  );
  const handOut = await scenario.leaseToStart(at.createTms);
  expect(handOut.taskforce.taskforce_uuid).toBe(waiting.taskforce_uuid);
  await at.createTms.submit(handOut);
  await scenario.deactivate(running.workflowId, "abort");
  const stopping = await scenario.leaseToStop(at.createTms);
  expect(stopping.taskforce_uuid).toBe(running.uuid);
  await at.createTms.remove(stopping);
  await at.createTms.complete(stopping);
  await scenario.createRunning(at);
});
