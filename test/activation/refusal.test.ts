import type { Job } from "bullmq";
import { expect, it, onTestFinished } from "vitest";
import { statusResponse } from "../mqs/scriptedMqs.js";
import { failuresOf, single } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ActivationScenario, startActivationScenario } from "./activationScenario.js";

/** A workflow whose activation the MQS refused. */
async function createRefused({ mqs, createWorkflow, findJob }: ActivationScenario) {
  mqs.script("activation", "*", statusResponse(404, { code: 404, error: "no such group" }));
  const created = await createWorkflow();
  const { workflow_id } = created.workflow;
  const deadJob = await waitForValue(
    "the job is dead",
    () => findJob(workflow_id),
    (found): found is Job => found?.finishedOn !== undefined,
  );
  return { ...created, deadJob };
}

it("a refused activation becomes a dead letter, and its workflow keeps its phase", async () => {
  const service = await startActivationScenario(onTestFinished, { RECONCILE_SECONDS: "0.1" });
  const { scenario, mqs, findJob } = service;
  const { workflow, taskforces, deadJob } = await createRefused(service);

  const reason = "ERROR: the MQS refused to activate the message queues: no such group";
  expect(await deadJob.isFailed()).toBe(true);
  expect(deadJob.failedReason).toBe(reason);
  // Another workflow is launched, and reconcile does not change the dead letter.
  await scenario.createRunning(scenario.nextAccessPoint());
  const [other] = (await service.createWorkflow()).taskforces;
  await scenario.waitForPhase(other?.taskforce_uuid ?? "", "pending-starter");

  expect(await scenario.readWorkflow(workflow.workflow_id)).toEqual(workflow);
  for (const { taskforce_uuid } of taskforces) {
    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pre-mq-activation");
    expect(single(failuresOf(taskforce, "pre-launch"))).toMatchObject({
      source_entity: "Workflow MQ Activator",
      context: reason,
    });
  }
  expect(await (await findJob(workflow.workflow_id))?.isFailed()).toBe(true);
  expect(mqs.callsOf("activation").filter((call) => call.workflow === workflow.workflow_id)).toHaveLength(1);
});

it("an operator's retry launches the workflow with the workers added in the meantime", async () => {
  const service = await startActivationScenario(onTestFinished);
  const { scenario, addWorkers, waitUntilActivated } = service;
  const { deadJob, ...created } = await createRefused(service);
  const added = await addWorkers(created);

  await deadJob.retry();

  for (const { taskforce_uuid } of [...created.taskforces, added])
    await scenario.waitForPhase(taskforce_uuid, "pending-starter");
  expect(failuresOf(await scenario.readTaskforce(added.taskforce_uuid), "pre-launch")).toEqual([]);
  await waitUntilActivated(created.workflow.workflow_id);
});

it("a deactivation removes the dead letter", async () => {
  const service = await startActivationScenario(onTestFinished);
  const { workflow } = await createRefused(service);
  await service.scenario.deactivate(workflow.workflow_id, "abort");
  expect(await service.findJob(workflow.workflow_id)).toBeUndefined();
});
