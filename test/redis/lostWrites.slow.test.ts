import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { pauseReplicas, redisProcessId } from "../../scripts/failover/replication.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import { makeTaskRequestAt } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { type SentinelScenario, startSentinelScenario, waitForNewMaster } from "./sentinelScenario.js";

let sentinels: SentinelScenario["sentinels"];
let scenario: SentinelScenario["scenario"];
let close: SentinelScenario["close"] | undefined;

beforeAll(async () => {
  ({ sentinels, scenario, close } = await startSentinelScenario());
});

afterAll(() => close?.());

test("a write without a replica is lost in a failover, and takes effect when it is repeated", async () => {
  const at = scenario.nextAccessPoint();
  const { taskforce_uuid } = await scenario.createPending(at);
  const handOut = await scenario.leaseToStart(at.createTms);
  const create = async () => {
    const response = await fetch(`${scenario.url}/v1/workflows`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "asked-for-once" },
      body: JSON.stringify({ tasks: [makeTaskRequestAt([at.location])], public_queue_aliases: [] }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as CreatedWorkflow;
  };

  const { port } = sentinels.master;
  const master = await redisProcessId(port);
  const goOn = await pauseReplicas(port, 1);
  onTestFinished(goOn);
  const { workflow: lost } = await create();
  const report = await at.createTms.submit(handOut);
  expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("condor-submit");
  process.kill(master, "SIGKILL");
  goOn();

  await waitForNewMaster(sentinels, port);
  const { body: taskforce } = await waitForValue(
    "requests succeed again",
    () => scenario.request<Taskforce>("GET", `/v1/taskforces/${taskforce_uuid}`),
    ({ status }) => status === 200,
  );
  expect(taskforce).toMatchObject({ phase: "pending-starter", cluster_id: null });
  expect(await scenario.request("GET", `/v1/workflows/${lost.workflow_id}`)).toMatchObject({ status: 404 });

  await at.createTms.submit(handOut, report);
  expect(await scenario.readTaskforce(taskforce_uuid)).toMatchObject({
    phase: "condor-submit",
    cluster_id: report.cluster_id,
  });
  const { taskforces } = await create();
  expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforces[0]?.taskforce_uuid);
});
