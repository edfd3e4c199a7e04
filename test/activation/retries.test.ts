import { expect, it, onTestFinished } from "vitest";
import { dropResponse, garbageResponse, statusResponse, tryAgainLaterResponse } from "../mqs/scriptedMqs.js";
import { failuresOf, shortLog } from "../scenarios/serviceScenario.js";
import { startActivationScenario } from "./activationScenario.js";

const MINUTES = 60_000;

it("the delay between activation attempts doubles up to one hour", async () => {
  const { scenario, mqs, createWorkflow, waitForRetry } = await startActivationScenario(onTestFinished);
  mqs.script(
    "activation",
    "*",
    tryAgainLaterResponse,
    statusResponse(500),
    garbageResponse,
    dropResponse,
    dropResponse,
    dropResponse,
    tryAgainLaterResponse,
  );
  const { workflow, taskforces } = await createWorkflow();

  const waits = [];
  for (let attempt = 1; attempt <= 5; attempt++) {
    const job = await waitForRetry(workflow.workflow_id, attempt);
    waits.push(job.delay / MINUTES);
    for (const { taskforce_uuid } of taskforces) {
      const taskforce = await scenario.readTaskforce(taskforce_uuid);
      expect(taskforce.phase).toBe("pre-mq-activation");
      expect(failuresOf(taskforce, "pre-launch")).toHaveLength(attempt);
    }
    await job.promote();
  }

  expect(waits).toEqual([10, 20, 40, 60, 60]);
  expect(taskforces).toHaveLength(4);
  for (const { taskforce_uuid } of taskforces) {
    const taskforce = await scenario.waitForPhase(taskforce_uuid, "pending-starter");
    expect(shortLog(taskforce)).toEqual([
      "pre-mq-activation by USER",
      ...Array(5).fill("no pre-launch by Workflow MQ Activator"),
      "pre-launch by Workflow MQ Activator",
      "pending-starter by Taskforce Launch Control",
    ]);
    expect(failuresOf(taskforce, "pre-launch").map(({ context }) => context)).toEqual([
      "The MQS said: try again later.",
      "ERROR: the MQS failed to activate the message queues (HTTP 500)",
      "ERROR: the MQS was asked to activate the message queues and gave an unexpected answer",
      "ERROR: the MQS cannot be reached",
      "The MQS said: try again later.",
    ]);
  }
  // A broken connection causes three attempts without a delay.
  expect(mqs.callsOf("activation")).toHaveLength(8);
});

it("the delay is at least as long as the MQS asks", async () => {
  const settings = { WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "60" };
  const { mqs, createWorkflow, waitForRetry } = await startActivationScenario(onTestFinished, settings);
  const busy = (seconds: string) => statusResponse(429, { error: "slow down" }, { "retry-after": seconds });
  mqs.script("activation", "*", busy("600"), busy("1"));
  const { workflow } = await createWorkflow();
  const waits = [];
  for (let attempt = 1; attempt <= 2; attempt++) {
    const job = await waitForRetry(workflow.workflow_id, attempt);
    waits.push(job.delay / MINUTES);
    await job.promote();
  }
  expect(waits).toEqual([10, 2]);
});

it("the next attempt starts after the delay", async () => {
  const settings = { WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "0.05" };
  const { scenario, mqs, createWorkflow, waitUntilActivated } = await startActivationScenario(onTestFinished, settings);
  mqs.script("activation", "*", tryAgainLaterResponse, statusResponse(503));
  const { workflow, taskforces } = await createWorkflow();

  for (const { taskforce_uuid } of taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");

  await waitUntilActivated(workflow.workflow_id);
  const { workflow_id, priority } = workflow;
  expect(mqs.callsOf("activation")).toHaveLength(3);
  for (const call of mqs.callsOf("activation"))
    expect(call).toMatchObject({ workflow: workflow_id, body: { criteria: { priority } } });
});

it("a workflow without queues does not need the MQS", async () => {
  const { scenario, mqs } = await startActivationScenario(onTestFinished);
  await mqs.close();
  await scenario.createRunning(scenario.nextAccessPoint());
  expect(mqs.calls).toEqual([]);
});

it("the summary states that the workflow waits for the MQS, with the last error", async () => {
  const { scenario, mqs, createWorkflow, waitForRetry } = await startActivationScenario(onTestFinished);
  mqs.script("activation", "*", tryAgainLaterResponse, statusResponse(500));
  const { workflow } = await createWorkflow();
  const path = `/v1/workflows/${workflow.workflow_id}/summary`;
  for (const [attempt, reason] of [
    [1, "The MQS said: try again later"],
    [2, "the MQS failed to activate the message queues (HTTP 500)"],
  ] as const) {
    const job = await waitForRetry(workflow.workflow_id, attempt);
    const { body } = await scenario.request<{ waiting_for: string; n_failed_attempts: number }>("GET", path);
    expect(body.waiting_for).toMatch(
      /^4 taskforces are waiting for the MQS to activate the message queues, longest \d+ s, /,
    );
    expect(body.waiting_for.endsWith(`which failed: ${reason}`)).toBe(true);
    expect(body.n_failed_attempts).toBe(4 * attempt);
    await job.promote();
  }
});
