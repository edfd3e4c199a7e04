import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TmsAction } from "../../scripts/tms/tmsActions.js";
import { failuresOf, type ServiceScenario, startServiceScenario } from "./serviceScenario.js";

describe("a lease", () => {
  let scenario: ServiceScenario;
  beforeAll(async () => {
    scenario = await startServiceScenario({
      TMS_LEASE_SECONDS: "0.5",
      TMS_ACTION_RETRIES: "2",
      TMS_RETRY_WAIT: "0",
    });
  });
  afterAll(() => scenario.close());

  it("hands the taskforce out again after each expiry, more often than the limit of failures", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    for (let crash = 0; crash < 4; crash++)
      expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("pending-starter");
    expect(failuresOf(taskforce, "condor-submit")).toEqual([]);
  });

  it("hands a cluster out for removal again after its expiry", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid } = await scenario.createInPhase("pending-stopper", at);
    for (let crash = 0; crash < 2; crash++)
      expect((await scenario.leaseToStop(at.createTms)).taskforce_uuid).toBe(uuid);
  });

  it("does not expire after the report of the submission", async () => {
    const at = scenario.nextAccessPoint();
    const reported = await scenario.createRunning(at);
    const forgotten = await scenario.createPending(at);
    // When the second lease has expired twice, the first one would have expired, too.
    for (let crash = 0; crash < 3; crash++)
      expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(forgotten.taskforce_uuid);
    expect((await scenario.readTaskforce(reported.uuid)).phase).toBe("condor-submit");
  });

  it("does not expire after the report of the removal", async () => {
    const at = scenario.nextAccessPoint();
    const removed = await scenario.createInPhase("condor-rm", at);
    const forgotten = await scenario.createInPhase("pending-stopper", at);
    for (let crash = 0; crash < 3; crash++)
      expect((await scenario.leaseToStop(at.createTms)).taskforce_uuid).toBe(forgotten.uuid);
    expect((await scenario.readTaskforce(removed.uuid)).phase).toBe("condor-rm");
  });

  it("that has expired does not prevent a late first report", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    const slow = await scenario.leaseToStart(at.createTms);
    const actions: TmsAction[] = [];
    const restarted = scenario.tms(at.schedd, { onAction: (action) => actions.push(action) });
    const again = await scenario.leaseToStart(restarted);
    expect(again.taskforce.taskforce_uuid).toBe(taskforce_uuid);

    const { cluster_id } = await at.createTms.submit(slow);

    // The first TMS submitted a cluster, too. The 404 makes the TMS remove that cluster, because the service does not.
    await expect(restarted.submit(again)).rejects.toMatchObject({ status: 404 });
    expect(actions.map(({ kind }) => kind)).toContain("stray");
    expect(await scenario.readTaskforce(taskforce_uuid)).toMatchObject({ phase: "condor-submit", cluster_id });
    expect(await at.createTms.leaseStarter()).toBeUndefined();
  });
});
