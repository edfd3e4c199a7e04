import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresOf, type ServiceScenario, startServiceScenario } from "./serviceScenario.js";

describe("a condor-submit that fails", () => {
  describe("without a backoff", () => {
    let scenario: ServiceScenario;
    beforeAll(async () => {
      scenario = await startServiceScenario({ TMS_RETRY_WAIT: "0", TMS_ACTION_RETRIES: "2" });
    });
    afterAll(() => scenario.close());

    it("is logged with its error, and the phase stays", async () => {
      const at = scenario.nextAccessPoint();
      const { taskforce_uuid } = await scenario.createPending(at);
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms), "schedd is down");
      const taskforce = await scenario.readTaskforce(taskforce_uuid);
      expect(taskforce.phase).toBe("pending-starter");
      expect(failuresOf(taskforce, "condor-submit")).toEqual([
        expect.objectContaining({ context: "ERROR: schedd is down", source_entity: "TMS" }),
      ]);
    });

    it("is logged as unknown if the report has no error", async () => {
      const at = scenario.nextAccessPoint();
      const { taskforce_uuid } = await scenario.createPending(at);
      await scenario.leaseToStart(at.createTms);
      const response = await scenario.request("POST", `/v1/tms/condor-submit/taskforces/${taskforce_uuid}/failed`);
      expect(response).toMatchObject({ status: 200, body: { taskforce_uuid } });
      const [failure] = failuresOf(await scenario.readTaskforce(taskforce_uuid), "condor-submit");
      expect(failure?.context).toBe("ERROR: unknown");
    });

    it("is handed out three times in total; other taskforces are still handed out", async () => {
      const at = scenario.nextAccessPoint();
      const { taskforce_uuid } = await scenario.createPending(at, { priority: 90 });
      for (const error of ["first", "second", "third"]) {
        const handOut = await scenario.leaseToStart(at.createTms);
        expect(handOut.taskforce.taskforce_uuid).toBe(taskforce_uuid);
        await at.createTms.submitFailed(handOut, error);
      }

      expect(await at.createTms.leaseStarter()).toBeUndefined();
      const other = await scenario.createPending(at, { priority: 1 });
      expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(other.taskforce_uuid);
      expect(await at.createTms.leaseStarter()).toBeUndefined();

      const dead = await scenario.readTaskforce(taskforce_uuid);
      expect(dead.phase).toBe("pending-starter");
      expect(failuresOf(dead, "condor-submit").map(({ context }) => context)).toEqual([
        "ERROR: first",
        "ERROR: second",
        "ERROR: third",
      ]);
    });

    it("may succeed at the last attempt", async () => {
      const at = scenario.nextAccessPoint();
      const { taskforce_uuid } = await scenario.createPending(at);
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms));
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms));
      await at.createTms.submit(await scenario.leaseToStart(at.createTms));
      expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("condor-submit");
    });

    it("requeues the taskforce behind those of its priority, and before lower priorities", async () => {
      const at = scenario.nextAccessPoint();
      const failing = await scenario.createPending(at, { priority: 60 });
      const equal = await scenario.createPending(at, { priority: 60 });
      const lower = await scenario.createPending(at, { priority: 40 });
      await scenario.waitForLaunches();
      await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms));

      const order = [
        await scenario.leaseToStart(at.createTms),
        await scenario.leaseToStart(at.createTms),
        await scenario.leaseToStart(at.createTms),
      ];

      expect(order.map(({ taskforce }) => taskforce.taskforce_uuid)).toEqual(
        [equal, failing, lower].map(({ taskforce_uuid }) => taskforce_uuid),
      );
    });

    it("does not prevent an abort: a dead letter moves to pending-stopper like other taskforces", async () => {
      const at = scenario.nextAccessPoint();
      const { taskforce_uuid, workflow_id } = await scenario.createPending(at);
      for (let failure = 0; failure < 3; failure++)
        await at.createTms.submitFailed(await scenario.leaseToStart(at.createTms));
      const { body } = await scenario.deactivate(workflow_id, "abort");
      expect(body.n_taskforces).toBe(1);
      expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("pending-stopper");
      expect(await at.createTms.leaseStopper()).toBeUndefined();
    });
  });

  describe("with a backoff", () => {
    it("delays the taskforce, and others are handed out first, also of lower priority", async () => {
      const scenario = await startServiceScenario({ TMS_RETRY_WAIT: "3600" });
      try {
        const at = scenario.nextAccessPoint();
        const failing = await scenario.createPending(at, { priority: 90 });
        const lower = await scenario.createPending(at, { priority: 10 });
        await scenario.waitForLaunches();
        const first = await scenario.leaseToStart(at.createTms);
        expect(first.taskforce.taskforce_uuid).toBe(failing.taskforce_uuid);
        await at.createTms.submitFailed(first);
        expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(lower.taskforce_uuid);
        expect(await at.createTms.leaseStarter()).toBeUndefined();
      } finally {
        await scenario.close();
      }
    });

    it("doubles the delay after each further failure", async () => {
      const seconds = 0.3;
      const scenario = await startServiceScenario({ TMS_RETRY_WAIT: String(seconds), TMS_ACTION_RETRIES: "3" });
      try {
        const at = scenario.nextAccessPoint();
        const { taskforce_uuid } = await scenario.createPending(at);
        let handOut = await scenario.leaseToStart(at.createTms);
        for (const failures of [1, 2, 3]) {
          await at.createTms.submitFailed(handOut);
          handOut = await scenario.leaseToStart(at.createTms);
          const takenAt = Date.now() / 1000;
          const failedAt = failuresOf(await scenario.readTaskforce(taskforce_uuid), "condor-submit").at(-1)?.timestamp;
          // The delay starts a few milliseconds before the entry's time.
          expect(takenAt - (failedAt ?? 0)).toBeGreaterThan(seconds * 2 ** (failures - 1) - 0.1);
        }
      } finally {
        await scenario.close();
      }
    });
  });
});
