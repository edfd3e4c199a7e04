import { expect, it } from "vitest";
import { api } from "../api/conformanceClient.js";
import { hang } from "../mqs/scriptedMqs.js";
import { deleteKeys } from "../setup/testRedis.js";
import { eventually, failuresOf, task, theOnly } from "../scenarios/serviceScenario.js";
import { startActivationStory } from "./activationScenario.js";
import { tryToCreate } from "./attemptCreation.js";

// A call is given up after 10 s: the tests of this file wait for that all at once.

it.concurrent("an activation that hangs is a failed attempt after 10 s", async ({ onTestFinished }) => {
  const { story, mqs, create, waiting } = await startActivationStory(onTestFinished);
  mqs.script("activation", "*", hang);
  const { workflow, taskforces } = await create();

  const job = await waiting(workflow.workflow_id, 1);

  expect(job.delay).toBe(600_000);
  for (const { taskforce_uuid } of taskforces) {
    const taskforce = await story.taskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pre-mq-activation");
    expect(theOnly(failuresOf(taskforce, "pre-launch"))).toMatchObject({
      source_entity: "Workflow MQ Activator",
      context: "ERROR: the MQS did not answer within 10 s",
    });
  }
  await job.promote();
  for (const { taskforce_uuid } of taskforces) await story.reaches(taskforce_uuid, "pending-starter");
});

it.concurrent("a reservation that hangs is a 503 after 10 s, and nothing is created", async ({
  onTestFinished,
}) => {
  const service = await startActivationStory(onTestFinished);
  service.mqs.script("reservation", "*", hang);

  const { answer, stored } = await tryToCreate(service);

  expect(answer).toMatchObject({ status: 503, reason: "the MQS did not answer within 10 s" });
  expect(answer.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
  expect(stored).toEqual([]);
});

it.concurrent("a hand-out that hangs is a 503 after 10 s; nothing is leased, and others are handed out", async ({
  onTestFinished,
}) => {
  const { story, mqs, redis } = await startActivationStory(onTestFinished);
  const at = story.accessPoint();
  const client = await api(story.url);
  onTestFinished(() => client.close());
  const { taskforces } = await story.submitWorkflow([task([at.location], { input_queue_aliases: ["in"] })]);
  const { taskforce_uuid } = theOnly(taskforces);
  await story.reaches(taskforce_uuid, "pending-starter");
  // Kept since the activation: without them the MQS has to be asked.
  await deleteKeys(redis, "wms:*:profiles:*");
  mqs.script("profile", "*", hang);
  const hanging = eventually(
    "the MQS is asked",
    () => client.get(`/v1/tms/pending-starter/taskforces?schedd=${at.schedd}`),
    ({ text }) => text !== "{}",
  );
  await mqs.waitForCall(({ kind }) => kind === "profile");
  const other = await story.running(at);

  const answer = await hanging;

  expect(other.uuid).not.toBe(taskforce_uuid);
  expect(answer).toMatchObject({ status: 503, reason: "the MQS did not answer within 10 s" });
  expect(answer.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
  const { taskforce, mqprofiles } = await story.takes(at.tms);
  expect(taskforce.taskforce_uuid).toBe(taskforce_uuid);
  expect(mqprofiles).toMatchObject([{ alias: "in", is_activated: true }]);
});
