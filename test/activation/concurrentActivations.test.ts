import { describe, expect, it, onTestFinished } from "vitest";
import {
  late,
  type ScriptedAnswer,
  type ScriptedMqs,
  status,
  tryAgainLater,
  well,
} from "../mqs/scriptedMqs.js";
import { eventually, logOf } from "../scenarios/serviceScenario.js";
import { type ActivationStory, startActivationStory } from "./activationScenario.js";

/** Workflows that wait for the MQS's answer at the same time. */
const MANY = 30;

const PASSED = [
  "pre-mq-activation by USER",
  "pre-launch by Workflow MQ Activator",
  "pending-starter by Taskforce Launch Control",
];

/** Makes the MQS take its time over some activations. @returns has it answer them */
function slow(mqs: ScriptedMqs, activations = 1, then: ScriptedAnswer = well): () => void {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  mqs.script("activation", "*", ...Array(activations).fill(late(answered, then)));
  return answer;
}

/** A workflow about which the MQS is being asked. */
async function beingActivated({ mqs, create }: ActivationStory) {
  const created = await create();
  const { workflow_id } = created.workflow;
  await mqs.waitForCall(({ kind, workflow }) => kind === "activation" && workflow === workflow_id);
  return created;
}

/** A workflow that waits for its next attempt. */
async function postponed({ mqs, create, waiting }: ActivationStory) {
  mqs.script("activation", "*", tryAgainLater);
  const created = await create();
  return { ...created, job: await waiting(created.workflow.workflow_id, 1) };
}

describe("another workflow passes", () => {
  it(`while the MQS takes its time over ${MANY}, and then these pass too`, async () => {
    const { story, mqs, create } = await startActivationStory(onTestFinished);
    const answer = slow(mqs, MANY);
    const slowOnes = await Promise.all(Array.from({ length: MANY }, create));
    await eventually(
      "the MQS is asked about all of them",
      async () => mqs.callsOf("activation").length,
      (calls) => calls === MANY,
    );

    for (const { taskforce_uuid } of (await create()).taskforces)
      await story.reaches(taskforce_uuid, "pending-starter");

    // No call had to time out to make room.
    const failed = { "phase_change_log.was_successful": false };
    const { body } = await story.call("POST", "/v1/query/taskforces", { query: failed });
    expect(body).toEqual({ taskforces: [], next_after: null });
    answer();
    for (const { taskforce_uuid } of slowOnes.flatMap(({ taskforces }) => taskforces))
      expect(logOf(await story.reaches(taskforce_uuid, "pending-starter"))).toEqual(PASSED);
    expect(mqs.callsOf("activation")).toHaveLength(MANY + 1);
  });

  it("while one waits for its next attempt", async () => {
    const service = await startActivationStory(onTestFinished);
    const { workflow } = await postponed(service);
    for (const { taskforce_uuid } of (await service.create()).taskforces)
      await service.story.reaches(taskforce_uuid, "pending-starter");
    await service.waiting(workflow.workflow_id, 1);
  });
});

describe("workers that are added", () => {
  it("while the MQS is being asked pass with the first ones", async () => {
    const service = await startActivationStory(onTestFinished);
    const answer = slow(service.mqs);
    const created = await beingActivated(service);
    const added = await service.addWorkers(created);

    answer();

    for (const { taskforce_uuid } of [...created.taskforces, added])
      expect(logOf(await service.story.reaches(taskforce_uuid, "pending-starter"))).toEqual(PASSED);
    expect(service.mqs.callsOf("activation")).toHaveLength(1);
  });

  it("while the workflow waits for its next attempt wait with the first ones", async () => {
    const service = await startActivationStory(onTestFinished);
    const { story, mqs } = service;
    const { job, ...created } = await postponed(service);
    mqs.script("activation", "*", tryAgainLater);
    const added = await service.addWorkers(created);

    await job.promote();
    await (await service.waiting(created.workflow.workflow_id, 2)).promote();

    const taskforce = await story.reaches(added.taskforce_uuid, "pending-starter");
    expect(logOf(taskforce)).toEqual([
      "pre-mq-activation by USER",
      "no pre-launch by Workflow MQ Activator",
      "pre-launch by Workflow MQ Activator",
      "pending-starter by Taskforce Launch Control",
    ]);
    expect(mqs.callsOf("activation")).toHaveLength(3);
  });

  it("after the activation pass without the MQS, and are handed out with their queues", async () => {
    const service = await startActivationStory(onTestFinished);
    const { story, mqs, places } = service;
    const created = await service.create();
    for (const { taskforce_uuid } of created.taskforces)
      await story.reaches(taskforce_uuid, "pending-starter");
    await mqs.close();

    const { taskforce_uuid } = await service.addWorkers(created);

    expect(logOf(await story.reaches(taskforce_uuid, "pending-starter"))).toEqual(PASSED);
    await story.launchesSettle();
    const handOut = await places[0]?.tms.takeStarter();
    expect(handOut).toMatchObject({
      taskforce: { taskforce_uuid },
      mqprofiles: [{ alias: "between", is_activated: true }],
    });
    expect(mqs.callsOf("activation")).toHaveLength(1);
    expect(mqs.callsOf("profile")).toEqual([]);
  });
});

describe("a workflow that is aborted", () => {
  /** Nothing of it moved forward, and nobody works on it any more. */
  async function expectStopped(
    service: ActivationStory,
    created: { taskforces: { taskforce_uuid: string }[] },
  ) {
    for (const { taskforce_uuid } of created.taskforces) {
      const taskforce = await service.story.taskforce(taskforce_uuid);
      expect(taskforce.phase).toBe("pending-stopper");
      expect(logOf(taskforce).at(-1)).toBe("pending-stopper by User");
      expect(logOf(taskforce)).not.toContain("pre-launch by Workflow MQ Activator");
    }
    for (const { tms } of service.places) expect(await tms.takeStarter()).toBeUndefined();
  }

  it.each([
    ["agrees", well],
    ["postpones it", tryAgainLater],
    ["refuses", status(404)],
  ])("while the MQS is being asked never moves forward, whether the MQS then %s", async (_, then) => {
    const service = await startActivationStory(onTestFinished);
    const answer = slow(service.mqs, 1, then);
    const created = await beingActivated(service);
    await service.story.deactivate(created.workflow.workflow_id, "abort");

    answer();

    await service.done(created.workflow.workflow_id);
    await expectStopped(service, created);
  });

  it("while it waits for its next attempt never moves forward, and the MQS is not asked again", async () => {
    const service = await startActivationStory(onTestFinished);
    const created = await postponed(service);
    await service.story.deactivate(created.workflow.workflow_id, "abort");

    expect(await service.job(created.workflow.workflow_id)).toBeUndefined();
    await expectStopped(service, created);
    expect(service.mqs.callsOf("activation")).toHaveLength(1);
  });
});
