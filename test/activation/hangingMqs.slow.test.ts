import { expect, it } from "vitest";
import { createConformanceClient } from "../api/conformanceClient.js";
import { hangResponse } from "../mqs/scriptedMqs.js";
import { failuresOf, makeTaskRequestAt, single } from "../scenarios/serviceScenario.js";
import { deleteKeys } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { startActivationScenario } from "./activationScenario.js";
import { attemptCreation } from "./attemptCreation.js";

// A call times out after 10 s. The tests of this file run concurrently to save time.

it.concurrent("an activation that hangs is a failed attempt after 10 s", async ({ onTestFinished }) => {
  const { scenario, mqs, createWorkflow, waitForRetry } = await startActivationScenario(onTestFinished);
  mqs.script("activation", "*", hangResponse);
  const { workflow, taskforces } = await createWorkflow();

  const job = await waitForRetry(workflow.workflow_id, 1);

  expect(job.delay).toBe(600_000);
  for (const { taskforce_uuid } of taskforces) {
    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pre-mq-activation");
    expect(single(failuresOf(taskforce, "pre-launch"))).toMatchObject({
      source_entity: "Workflow MQ Activator",
      context: "ERROR: the MQS did not answer within 10 s",
    });
  }
  await job.promote();
  for (const { taskforce_uuid } of taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
});

it.concurrent("a reservation that hangs is a 503 after 10 s, and nothing is created", async ({ onTestFinished }) => {
  const service = await startActivationScenario(onTestFinished);
  service.mqs.script("reservation", "*", hangResponse);

  const { response, stored } = await attemptCreation(service);

  expect(response).toMatchObject({ status: 503, reason: "the MQS did not answer within 10 s" });
  expect(response.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
  expect(stored).toEqual([]);
});

it.concurrent("a hand-out that hangs is a 503 after 10 s; its taskforce is not leased, and others are handed out", async ({
  onTestFinished,
}) => {
  const { scenario, mqs, redis } = await startActivationScenario(onTestFinished);
  const at = scenario.nextAccessPoint();
  const client = await createConformanceClient(scenario.url);
  onTestFinished(() => client.close());
  const { taskforces } = await scenario.submitWorkflow([
    makeTaskRequestAt([at.location], { input_queue_aliases: ["in"] }),
  ]);
  const { taskforce_uuid } = single(taskforces);
  await scenario.waitForPhase(taskforce_uuid, "pending-starter");
  // Without the profiles stored at the activation, the service requests them from the MQS.
  await deleteKeys(redis, "wms:*:profiles:*");
  mqs.script("profile", "*", hangResponse);
  const hanging = waitForValue(
    "the MQS is asked",
    () => client.get(`/v1/tms/pending-starter/taskforces?schedd=${at.schedd}`),
    ({ text }) => text !== "{}",
  );
  await mqs.waitForCall(({ kind }) => kind === "profile");
  const other = await scenario.createRunning(at);

  const response = await hanging;

  expect(other.uuid).not.toBe(taskforce_uuid);
  expect(response).toMatchObject({ status: 503, reason: "the MQS did not answer within 10 s" });
  expect(response.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
  const { taskforce, mqprofiles } = await scenario.leaseToStart(at.createTms);
  expect(taskforce.taskforce_uuid).toBe(taskforce_uuid);
  expect(mqprofiles).toMatchObject([{ alias: "in", is_activated: true }]);
});
