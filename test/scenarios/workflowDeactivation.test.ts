import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  failuresOf,
  lastEntry,
  makeTaskRequestAt,
  type ServiceScenario,
  shortLog,
  startServiceScenario,
} from "./serviceScenario.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario();
});
afterAll(() => scenario.close());

describe.each([
  ["abort", "ABORTED"],
  ["finished", "FINISHED"],
] as const)("a workflow that gets %s", (action, deactivated) => {
  describe("before the first submission", () => {
    it("leaves no taskforce to start or to stop", async () => {
      const at = scenario.nextAccessPoint();
      const { workflow_id, taskforce_uuid } = await scenario.createPending(at);

      const response = await scenario.deactivate(workflow_id, action);

      expect(response).toMatchObject({ status: 200, body: { workflow_id, n_taskforces: 1 } });
      expect(await scenario.readTaskforce(taskforce_uuid)).toMatchObject({
        phase: "pending-stopper",
        cluster_id: null,
      });
      expect(await at.createTms.leaseStarter()).toBeUndefined();
      expect(await at.createTms.leaseStopper()).toBeUndefined();
    });

    it("shows the workflow as deactivated", async () => {
      const { workflow_id, timestamp } = await scenario.createPending(scenario.nextAccessPoint());
      await scenario.deactivate(workflow_id, action);
      const workflow = await scenario.readWorkflow(workflow_id);
      expect(workflow.deactivated).toBe(deactivated);
      expect(workflow.deactivated_ts).toBeGreaterThan(timestamp);
    });
  });

  describe("while the clusters run", () => {
    it("moves every taskforce to pending-stopper, by User, before the response", async () => {
      const at = scenario.nextAccessPoint();
      const { workflowId, uuid } = await scenario.createRunning(at);
      const { body } = await scenario.deactivate(workflowId, action);
      expect(body.n_taskforces).toBe(1);
      const taskforce = await scenario.readTaskforce(uuid);
      expect(taskforce.phase).toBe("pending-stopper");
      expect(lastEntry(taskforce)).toMatchObject({
        target_phase: "pending-stopper",
        was_successful: true,
        source_entity: "User",
        source_event_time: null,
      });
    });

    it("stops only submitted taskforces", async () => {
      const at = scenario.nextAccessPoint();
      const { workflow, taskforces } = await scenario.submitWorkflow([
        makeTaskRequestAt([at.location], { task_args: "first" }),
        makeTaskRequestAt([at.location], { task_args: "second" }),
      ]);
      for (const { taskforce_uuid } of taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
      const handOut = await scenario.leaseToStart(at.createTms);
      const { cluster_id } = await at.createTms.submit(handOut);

      const { body } = await scenario.deactivate(workflow.workflow_id, action);

      expect(body.n_taskforces).toBe(2);
      const stopping = await scenario.leaseToStop(at.createTms);
      expect(stopping).toMatchObject({ taskforce_uuid: handOut.taskforce.taskforce_uuid, cluster_id });
      await at.createTms.remove(stopping);
      expect(await at.createTms.leaseStopper()).toBeUndefined();
      expect(await at.createTms.leaseStarter()).toBeUndefined();
    });

    it("is followed by condor-rm and condor-complete", async () => {
      const at = scenario.nextAccessPoint();
      const { uuid } = await scenario.createInPhase("condor-rm", at);
      expect((await scenario.readTaskforce(uuid)).phase).toBe("condor-rm");
      await at.createTms.complete({ taskforce_uuid: uuid }, 1_800_000_000);
      const taskforce = await scenario.readTaskforce(uuid);
      expect(taskforce.phase).toBe("condor-complete");
      expect(lastEntry(taskforce)).toMatchObject({
        target_phase: "condor-complete",
        was_successful: true,
        source_entity: "TMS",
        source_event_time: 1_800_000_000,
      });
    });
  });

  describe("after the clusters have completed", () => {
    it("counts no taskforce, and only adds a failed log entry to each", async () => {
      const at = scenario.nextAccessPoint();
      const { workflowId, uuid } = await scenario.createRunning(at);
      await at.createTms.complete({ taskforce_uuid: uuid });

      const { status, body } = await scenario.deactivate(workflowId, action);

      expect({ status, n: body.n_taskforces }).toEqual({ status: 200, n: 0 });
      const taskforce = await scenario.readTaskforce(uuid);
      expect(taskforce.phase).toBe("condor-complete");
      expect(failuresOf(taskforce, "pending-stopper")).toEqual([expect.objectContaining({ source_entity: "User" })]);
      expect(await at.createTms.leaseStopper()).toBeUndefined();
    });
  });

  it.each(["abort", "finished"] as const)("a second deactivation by %s is a 404", async (again) => {
    const { workflow_id, taskforce_uuid } = await scenario.createPending(scenario.nextAccessPoint());
    await scenario.deactivate(workflow_id, action);
    const before = await scenario.readTaskforce(taskforce_uuid);

    const response = await scenario.deactivate(workflow_id, again);

    const reason = `no non-deactivated workflow found with workflow_id='${workflow_id}'`;
    expect(response).toEqual({ status: 404, reason, body: { code: 404, error: reason } });
    expect((await scenario.readWorkflow(workflow_id)).deactivated).toBe(deactivated);
    expect(await scenario.readTaskforce(taskforce_uuid)).toEqual(before);
  });
});

describe("an abort while the TMS is submitting", () => {
  it("accepts the late report and hands the cluster out for removal", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    await scenario.deactivate(workflow_id, "abort");
    expect(await at.createTms.leaseStopper()).toBeUndefined();

    const report = await at.createTms.submit(handOut);

    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(taskforce).toMatchObject({ ...report, phase: "pending-stopper" });
    expect(lastEntry(taskforce)).toMatchObject({ was_successful: false, source_entity: "TMS" });
    const stopping = await scenario.leaseToStop(at.createTms);
    expect(stopping).toMatchObject({ taskforce_uuid, cluster_id: report.cluster_id });
    await at.createTms.remove(stopping);
    await at.createTms.complete(stopping);
    expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("condor-complete");
  });

  it("logs a late failure, keeps the phase, and hands nothing out", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    await scenario.deactivate(workflow_id, "abort");

    await at.createTms.submitFailed(handOut, "no room in the queue");

    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pending-stopper");
    expect(lastEntry(taskforce)).toMatchObject({
      target_phase: "condor-submit",
      was_successful: false,
      context: "ERROR: no room in the queue",
    });
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });

  it("stops the cluster once if the late report is repeated", async () => {
    const at = scenario.nextAccessPoint();
    const { workflow_id, taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    await scenario.deactivate(workflow_id, "abort");
    const report = await at.createTms.submit(handOut);
    const before = await scenario.readTaskforce(taskforce_uuid);

    await at.createTms.submit(handOut, report);

    expect(await scenario.readTaskforce(taskforce_uuid)).toEqual(before);
    await at.createTms.remove(await scenario.leaseToStop(at.createTms));
    expect(await at.createTms.leaseStopper()).toBeUndefined();
    expect(
      shortLog(await scenario.readTaskforce(taskforce_uuid)).filter((line) => line === "condor-rm by TMS"),
    ).toHaveLength(1);
  });
});
