import { describe, expect, it, onTestFinished } from "vitest";
import {
  delayedResponse,
  normalResponse,
  type ScriptedMqs,
  type ScriptedResponse,
  statusResponse,
  tryAgainLaterResponse,
} from "../mqs/scriptedMqs.js";
import { shortLog } from "../scenarios/serviceScenario.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ActivationScenario, startActivationScenario } from "./activationScenario.js";

/** Workflows that wait for a response of the MQS at the same time. */
const MANY = 30;

const ACTIVATED_PHASES = [
  "pre-mq-activation by USER",
  "pre-launch by Workflow MQ Activator",
  "pending-starter by Taskforce Launch Control",
];

/** Delays responses of the MQS to activations. @returns a function that sends the responses */
function delayActivation(mqs: ScriptedMqs, activations = 1, then: ScriptedResponse = normalResponse): () => void {
  let respond = () => {};
  const responding = new Promise<void>((resolve) => {
    respond = resolve;
  });
  mqs.script("activation", "*", ...Array(activations).fill(delayedResponse(responding, then)));
  return respond;
}

/** Creates a workflow, and waits for its activation request to the MQS. */
async function startActivating({ mqs, createWorkflow }: ActivationScenario) {
  const created = await createWorkflow();
  const { workflow_id } = created.workflow;
  await mqs.waitForCall(({ kind, workflow }) => kind === "activation" && workflow === workflow_id);
  return created;
}

/** Creates a workflow whose activation waits for its next attempt. */
async function createPostponed({ mqs, createWorkflow, waitForRetry }: ActivationScenario) {
  mqs.script("activation", "*", tryAgainLaterResponse);
  const created = await createWorkflow();
  return { ...created, job: await waitForRetry(created.workflow.workflow_id, 1) };
}

describe("another workflow is launched", () => {
  it(`while ${MANY} activations are slow, and these are launched after their responses`, async () => {
    const { scenario, mqs, createWorkflow } = await startActivationScenario(onTestFinished);
    const respond = delayActivation(mqs, MANY);
    const slowOnes = await Promise.all(Array.from({ length: MANY }, createWorkflow));
    await waitForValue(
      "the MQS has received all activations",
      async () => mqs.callsOf("activation").length,
      (calls) => calls === MANY,
    );

    for (const { taskforce_uuid } of (await createWorkflow()).taskforces)
      await scenario.waitForPhase(taskforce_uuid, "pending-starter");

    // No call has timed out.
    const failed = { "phase_change_log.was_successful": false };
    const { body } = await scenario.request("POST", "/v1/query/taskforces", { query: failed });
    expect(body).toEqual({ taskforces: [], next_after: null });
    respond();
    for (const { taskforce_uuid } of slowOnes.flatMap(({ taskforces }) => taskforces))
      expect(shortLog(await scenario.waitForPhase(taskforce_uuid, "pending-starter"))).toEqual(ACTIVATED_PHASES);
    expect(mqs.callsOf("activation")).toHaveLength(MANY + 1);
  });

  it("while one workflow waits for its next attempt", async () => {
    const service = await startActivationScenario(onTestFinished);
    const { workflow } = await createPostponed(service);
    for (const { taskforce_uuid } of (await service.createWorkflow()).taskforces)
      await service.scenario.waitForPhase(taskforce_uuid, "pending-starter");
    await service.waitForRetry(workflow.workflow_id, 1);
  });
});

describe("added workers", () => {
  it("during an activation are launched with the first ones", async () => {
    const service = await startActivationScenario(onTestFinished);
    const respond = delayActivation(service.mqs);
    const created = await startActivating(service);
    const added = await service.addWorkers(created);

    respond();

    for (const { taskforce_uuid } of [...created.taskforces, added])
      expect(shortLog(await service.scenario.waitForPhase(taskforce_uuid, "pending-starter"))).toEqual(
        ACTIVATED_PHASES,
      );
    expect(service.mqs.callsOf("activation")).toHaveLength(1);
  });

  it("during the delay before an attempt wait with the first ones", async () => {
    const service = await startActivationScenario(onTestFinished);
    const { scenario, mqs } = service;
    const { job, ...created } = await createPostponed(service);
    mqs.script("activation", "*", tryAgainLaterResponse);
    const added = await service.addWorkers(created);

    await job.promote();
    await (await service.waitForRetry(created.workflow.workflow_id, 2)).promote();

    const taskforce = await scenario.waitForPhase(added.taskforce_uuid, "pending-starter");
    expect(shortLog(taskforce)).toEqual([
      "pre-mq-activation by USER",
      "no pre-launch by Workflow MQ Activator",
      "pre-launch by Workflow MQ Activator",
      "pending-starter by Taskforce Launch Control",
    ]);
    expect(mqs.callsOf("activation")).toHaveLength(3);
  });

  it("after the activation are launched without the MQS, and are handed out with their queues", async () => {
    const service = await startActivationScenario(onTestFinished);
    const { scenario, mqs, accessPoints } = service;
    const created = await service.createWorkflow();
    for (const { taskforce_uuid } of created.taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
    await mqs.close();

    const { taskforce_uuid } = await service.addWorkers(created);

    expect(shortLog(await scenario.waitForPhase(taskforce_uuid, "pending-starter"))).toEqual(ACTIVATED_PHASES);
    await scenario.waitForLaunches();
    const handOut = await accessPoints[0]?.createTms.leaseStarter();
    expect(handOut).toMatchObject({
      taskforce: { taskforce_uuid },
      mqprofiles: [{ alias: "between", is_activated: true }],
    });
    expect(mqs.callsOf("activation")).toHaveLength(1);
    expect(mqs.callsOf("profile")).toEqual([]);
  });
});

describe("a workflow aborted", () => {
  /** Expects that no taskforce of a workflow moved forward. */
  async function expectStopped(service: ActivationScenario, created: { taskforces: { taskforce_uuid: string }[] }) {
    for (const { taskforce_uuid } of created.taskforces) {
      const taskforce = await service.scenario.readTaskforce(taskforce_uuid);
      expect(taskforce.phase).toBe("pending-stopper");
      expect(shortLog(taskforce).at(-1)).toBe("pending-stopper by User");
      expect(shortLog(taskforce)).not.toContain("pre-launch by Workflow MQ Activator");
    }
    for (const { createTms } of service.accessPoints) expect(await createTms.leaseStarter()).toBeUndefined();
  }

  it.each([
    ["agrees", normalResponse],
    ["postpones it", tryAgainLaterResponse],
    ["refuses", statusResponse(404)],
  ])("during an activation does not move forward, even if the MQS %s", async (_, then) => {
    const service = await startActivationScenario(onTestFinished);
    const respond = delayActivation(service.mqs, 1, then);
    const created = await startActivating(service);
    await service.scenario.deactivate(created.workflow.workflow_id, "abort");

    respond();

    await service.waitUntilActivated(created.workflow.workflow_id);
    await expectStopped(service, created);
  });

  it("during the delay before an attempt does not move forward, and the MQS gets no further request", async () => {
    const service = await startActivationScenario(onTestFinished);
    const created = await createPostponed(service);
    await service.scenario.deactivate(created.workflow.workflow_id, "abort");

    expect(await service.findJob(created.workflow.workflow_id)).toBeUndefined();
    await expectStopped(service, created);
    expect(service.mqs.callsOf("activation")).toHaveLength(1);
  });
});
