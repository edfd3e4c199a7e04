import type { Job } from "bullmq";
import { expect, it, onTestFinished } from "vitest";
import { status } from "../mqs/scriptedMqs.js";
import { eventually, failuresOf, theOnly } from "../scenarios/serviceScenario.js";
import { type ActivationStory, startActivationStory } from "./activationScenario.js";

/** A workflow whose activation the MQS refused. */
async function refused({ mqs, create, job }: ActivationStory) {
  mqs.script("activation", "*", status(404, { code: 404, error: "no such group" }));
  const created = await create();
  const { workflow_id } = created.workflow;
  const deadJob = await eventually(
    "the job is dead",
    () => job(workflow_id),
    (found): found is Job => found?.finishedOn !== undefined,
  );
  return { ...created, deadJob };
}

it("a workflow whose activation the MQS refuses stays, and is a dead letter for the operator", async () => {
  const service = await startActivationStory(onTestFinished, { RECONCILE_SECONDS: "0.1" });
  const { story, mqs, job } = service;
  const { workflow, taskforces, deadJob } = await refused(service);

  const reason = "ERROR: the MQS refused to activate the message queues: no such group";
  expect(await deadJob.isFailed()).toBe(true);
  expect(deadJob.failedReason).toBe(reason);
  // Others pass, and reconcile, which looks at both, leaves the dead letter as it is.
  await story.running(story.accessPoint());
  const [other] = (await service.create()).taskforces;
  await story.reaches(other?.taskforce_uuid ?? "", "pending-starter");

  expect(await story.workflow(workflow.workflow_id)).toEqual(workflow);
  for (const { taskforce_uuid } of taskforces) {
    const taskforce = await story.taskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pre-mq-activation");
    expect(theOnly(failuresOf(taskforce, "pre-launch"))).toMatchObject({
      source_entity: "Workflow MQ Activator",
      context: reason,
    });
  }
  expect(await (await job(workflow.workflow_id))?.isFailed()).toBe(true);
  expect(mqs.callsOf("activation").filter((call) => call.workflow === workflow.workflow_id)).toHaveLength(1);
});

it("it passes when the operator retries the job, with the workers that were added meanwhile", async () => {
  const service = await startActivationStory(onTestFinished);
  const { story, addWorkers, done } = service;
  const { deadJob, ...created } = await refused(service);
  const added = await addWorkers(created);

  await deadJob.retry();

  for (const { taskforce_uuid } of [...created.taskforces, added])
    await story.reaches(taskforce_uuid, "pending-starter");
  expect(failuresOf(await story.taskforce(added.taskforce_uuid), "pre-launch")).toEqual([]);
  await done(created.workflow.workflow_id);
});

it("its dead letter goes when the workflow is deactivated", async () => {
  const service = await startActivationStory(onTestFinished);
  const { workflow } = await refused(service);
  await service.story.deactivate(workflow.workflow_id, "abort");
  expect(await service.job(workflow.workflow_id)).toBeUndefined();
});
