import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresOf, lastEntry, type ServiceScenario, startServiceScenario } from "./serviceScenario.js";

describe("a condor-rm that fails", () => {
  let scenario: ServiceScenario;
  beforeAll(async () => {
    scenario = await startServiceScenario({ TMS_RETRY_WAIT: "0.01", TMS_ACTION_RETRIES: "2" });
  });
  afterAll(() => scenario.close());

  it("is logged with its error, and the phase stays", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid } = await scenario.createInPhase("pending-stopper", at);
    await at.createTms.removeFailed(await scenario.leaseToStop(at.createTms), "schedd is down");
    const taskforce = await scenario.readTaskforce(uuid);
    expect(taskforce.phase).toBe("pending-stopper");
    expect(lastEntry(taskforce)).toMatchObject({
      target_phase: "condor-rm",
      was_successful: false,
      source_entity: "TMS",
      context: "ERROR: schedd is down",
    });
  });

  it("is retried without a limit", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, report } = await scenario.createInPhase("pending-stopper", at);
    const errors = Array.from({ length: 6 }, (_, n) => `failure ${n + 1}`);
    for (const error of errors) {
      const stopping = await scenario.leaseToStop(at.createTms);
      expect(stopping).toMatchObject({ taskforce_uuid: uuid, cluster_id: report.cluster_id });
      await at.createTms.removeFailed(stopping, error);
    }
    await at.createTms.remove(await scenario.leaseToStop(at.createTms));

    const taskforce = await scenario.readTaskforce(uuid);
    expect(taskforce.phase).toBe("condor-rm");
    expect(failuresOf(taskforce, "condor-rm").map(({ context }) => context)).toEqual(
      errors.map((error) => `ERROR: ${error}`),
    );
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });

  it("lets other clusters be handed out during its delay", async () => {
    const patient = await startServiceScenario({ TMS_RETRY_WAIT: "3600" });
    try {
      const at = patient.nextAccessPoint();
      const first = await patient.createInPhase("pending-stopper", at);
      await at.createTms.removeFailed(await patient.leaseToStop(at.createTms));
      expect(await at.createTms.leaseStopper()).toBeUndefined();
      const second = await patient.createInPhase("pending-stopper", at);
      expect(second.uuid).not.toBe(first.uuid);
      expect((await patient.leaseToStop(at.createTms)).taskforce_uuid).toBe(second.uuid);
      expect(await at.createTms.leaseStopper()).toBeUndefined();
    } finally {
      await patient.close();
    }
  });

  it("leaves no job in the queue if the cluster completes during the delay", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid } = await scenario.createInPhase("pending-stopper", at);
    const stopping = await scenario.leaseToStop(at.createTms);
    await at.createTms.complete(stopping);
    await at.createTms.removeFailed(stopping, "no such cluster");
    const taskforce = await scenario.readTaskforce(uuid);
    expect(taskforce.phase).toBe("condor-complete");
    expect(lastEntry(taskforce)).toMatchObject({ target_phase: "condor-rm", was_successful: false });
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });
});

describe("clusters that wait for their removal", () => {
  it("are handed out in the order in which they began to wait", async () => {
    const scenario = await startServiceScenario();
    try {
      const at = scenario.nextAccessPoint();
      const running = [
        await scenario.createRunning(at),
        await scenario.createRunning(at),
        await scenario.createRunning(at),
      ];
      const order = [running[2], running[0], running[1]].map((each) => each!);
      for (const { workflowId } of order) await scenario.deactivate(workflowId, "finished");
      const stopped = [
        await scenario.leaseToStop(at.createTms),
        await scenario.leaseToStop(at.createTms),
        await scenario.leaseToStop(at.createTms),
      ];
      expect(stopped.map(({ taskforce_uuid }) => taskforce_uuid)).toEqual(order.map(({ uuid }) => uuid));
    } finally {
      await scenario.close();
    }
  });
});
