import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastEntry, type ServiceScenario, shortLog, startServiceScenario } from "./serviceScenario.js";

describe("more workers for a task", () => {
  let scenario: ServiceScenario;
  beforeAll(async () => {
    scenario = await startServiceScenario();
  });
  afterAll(() => scenario.close());

  describe("before its first taskforce was handed out", () => {
    it("create a new taskforce with the same configuration in the first phase", async () => {
      const at = scenario.nextAccessPoint();
      const elsewhere = scenario.nextAccessPoint();
      const first = await scenario.createPending(at);

      const { status, body: added } = await scenario.addWorkers(first.task_id, elsewhere.location, 17);

      expect(status).toBe(200);
      const { task_id, workflow_id, worker_config, pilot_config } = first;
      expect(added).toMatchObject({ task_id, workflow_id, worker_config, pilot_config });
      expect(added).toMatchObject({
        schedd: elsewhere.schedd,
        n_workers: 17,
        phase: "pre-mq-activation",
        cluster_id: null,
      });
      expect(added.taskforce_uuid).not.toBe(first.taskforce_uuid);
      expect(added.phase_change_log).toHaveLength(1);
      expect(lastEntry(added)).toMatchObject({
        target_phase: "pre-mq-activation",
        was_successful: true,
        source_entity: "USER",
        context: "Created when adding more workers for this task directive.",
      });
    });

    it("are handed out before waiting taskforces", async () => {
      const at = scenario.nextAccessPoint();
      const first = await scenario.createPending(at, { priority: 100 });
      const { body: added } = await scenario.addWorkers(first.task_id, at.location);
      expect(added.priority).toBe(200);
      await scenario.waitForPhase(added.taskforce_uuid, "pending-starter");

      await scenario.waitForLaunches();

      expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(added.taskforce_uuid);
      expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(first.taskforce_uuid);
    });
  });

  describe("while the first cluster runs", () => {
    it("are launched at once, because the message queues are active", async () => {
      const at = scenario.nextAccessPoint();
      const { taskId } = await scenario.createRunning(at);
      const { body: added } = await scenario.addWorkers(taskId, at.location, null);
      expect(added.n_workers).toBe(1);

      const handOut = await scenario.leaseToStart(at.createTms);
      expect(handOut.taskforce.taskforce_uuid).toBe(added.taskforce_uuid);
      await at.createTms.submit(handOut);
      expect(shortLog(await scenario.readTaskforce(added.taskforce_uuid))).toEqual([
        "pre-mq-activation by USER",
        "pre-launch by Workflow MQ Activator",
        "pending-starter by Taskforce Launch Control",
        "condor-submit by TMS",
      ]);
    });

    it("are stopped with the others", async () => {
      const at = scenario.nextAccessPoint();
      const { taskId, workflowId } = await scenario.createRunning(at);
      await scenario.addWorkers(taskId, at.location);
      await at.createTms.submit(await scenario.leaseToStart(at.createTms));
      const { body } = await scenario.deactivate(workflowId, "abort");
      expect(body.n_taskforces).toBe(2);
      await at.createTms.remove(await scenario.leaseToStop(at.createTms));
      await at.createTms.remove(await scenario.leaseToStop(at.createTms));
      expect(await at.createTms.leaseStopper()).toBeUndefined();
    });
  });

  describe("after the workflow was deactivated", () => {
    it.each(["abort", "finished"] as const)("are refused with 422 (%s)", async (action) => {
      const at = scenario.nextAccessPoint();
      const { taskId, workflowId } = await scenario.createRunning(at);
      await scenario.deactivate(workflowId, action);

      const response = await scenario.addWorkers(taskId, at.location);

      const reason = `cannot add a taskforce to a deactivated workflow (${workflowId})`;
      expect(response).toEqual({ status: 422, reason, body: { code: 422, error: reason } });
    });
  });

  it("are refused with 404 for a task that does not exist", async () => {
    const { location } = scenario.nextAccessPoint();
    expect(await scenario.addWorkers("TK-1-00000000-00000000", location)).toMatchObject({ status: 404 });
  });

  it("are refused with 400 at an unknown location", async () => {
    const { task_id } = await scenario.createPending(scenario.nextAccessPoint());
    const response = await scenario.addWorkers(task_id, "the-moon");
    expect(response.status).toBe(400);
    expect(response.reason).toContain("condor cluster location not found: the-moon");
  });
});
