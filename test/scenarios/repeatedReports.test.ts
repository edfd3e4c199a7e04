import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresOf, lastEntry, type ServiceScenario, startServiceScenario } from "./serviceScenario.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario({ TMS_RETRY_WAIT: "0", TMS_ACTION_RETRIES: "2" });
});
afterAll(() => scenario.close());

const notPending = (uuid: string) => ({
  status: 404,
  message: expect.stringContaining(`no 'pending-starter' taskforce found with uuid: ${uuid}`),
});
const SUBMITTED = ["condor-submit", "pending-stopper", "condor-rm", "condor-complete"] as const;

describe("condor-submit", () => {
  it.each(SUBMITTED)("a repeated report of the same cluster changes nothing in %s", async (phase) => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut, report } = await scenario.createInPhase(phase, at);
    const before = await scenario.readTaskforce(uuid);
    await at.createTms.submit(handOut, report);
    expect(await scenario.readTaskforce(uuid)).toEqual(before);
    expect(before.phase).toBe(phase);
  });

  it.each(SUBMITTED)("a report of another cluster is a 404 and changes nothing in %s", async (phase) => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut } = await scenario.createInPhase(phase, at);
    const before = await scenario.readTaskforce(uuid);
    await expect(at.createTms.submit(handOut)).rejects.toMatchObject(notPending(uuid));
    expect(await scenario.readTaskforce(uuid)).toEqual(before);
  });

  it("a repeated report of the same cluster leaves no job in the queues", async () => {
    const at = scenario.nextAccessPoint();
    const { handOut, report } = await scenario.createRunning(at);
    await at.createTms.submit(handOut, report);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });

  it("a report for an unknown taskforce is a 404", async () => {
    const at = scenario.nextAccessPoint();
    const { handOut } = await scenario.createRunning(at);
    const uuid = "TF-1-00000000-00000000-00000000";
    const stranger = { ...handOut, taskforce: { ...handOut.taskforce, taskforce_uuid: uuid } };
    await expect(at.createTms.submit(stranger)).rejects.toMatchObject(notPending(uuid));
  });
});

describe("a failed condor-submit", () => {
  it("is logged once and counts once if it is reported twice", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    for (const error of ["first", "second"]) {
      const handOut = await scenario.leaseToStart(at.createTms);
      for (let report = 0; report < 3; report++) await at.createTms.submitFailed(handOut, error);
    }
    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(failuresOf(taskforce, "condor-submit").map(({ context }) => context)).toEqual([
      "ERROR: first",
      "ERROR: second",
    ]);
    expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it("without a lease is logged if its error differs, and does not count", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    for (const error of ["first", "second", "third", "fourth"]) await at.createTms.submitFailed(handOut, error);
    expect(failuresOf(await scenario.readTaskforce(taskforce_uuid), "condor-submit")).toHaveLength(4);
    expect((await scenario.leaseToStart(at.createTms)).taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it.each(["condor-submit", "condor-rm", "condor-complete"] as const)(
    "is a 404 and changes nothing in %s",
    async (phase) => {
      const at = scenario.nextAccessPoint();
      const { uuid, handOut } = await scenario.createRunning(at);
      if (phase === "condor-rm") await at.createTms.remove(handOut.taskforce);
      if (phase === "condor-complete") await at.createTms.complete(handOut.taskforce);
      const before = await scenario.readTaskforce(uuid);
      await expect(at.createTms.submitFailed(handOut)).rejects.toMatchObject(notPending(uuid));
      expect(await scenario.readTaskforce(uuid)).toEqual(before);
      expect(before.phase).toBe(phase);
    },
  );
});

describe("condor-rm", () => {
  it("a repeated report changes nothing", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut } = await scenario.createInPhase("condor-rm", at);
    const before = await scenario.readTaskforce(uuid);
    await at.createTms.remove(handOut.taskforce);
    expect(await scenario.readTaskforce(uuid)).toEqual(before);
  });

  it("a report after condor-complete adds only one failed log entry", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut } = await scenario.createInPhase("condor-complete", at);
    const { phase_change_log: before } = await scenario.readTaskforce(uuid);
    await at.createTms.remove(handOut.taskforce);
    await at.createTms.remove(handOut.taskforce);
    const taskforce = await scenario.readTaskforce(uuid);
    expect(taskforce.phase).toBe("condor-complete");
    expect(taskforce.phase_change_log).toHaveLength(before.length + 1);
    expect(lastEntry(taskforce)).toMatchObject({
      target_phase: "condor-rm",
      was_successful: false,
      source_entity: "TMS",
    });
  });

  it("a report for a taskforce that waits for its start removes it from the starter queue", async () => {
    const at = scenario.nextAccessPoint();
    const taskforce = await scenario.createPending(at);
    await scenario.waitForLaunches();
    await at.createTms.remove(taskforce);
    expect((await scenario.readTaskforce(taskforce.taskforce_uuid)).phase).toBe("condor-rm");
    expect(await at.createTms.leaseStarter()).toBeUndefined();
  });

  it("a report for a running cluster that was not leased for removal is accepted", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, workflowId, handOut } = await scenario.createRunning(at);
    await at.createTms.remove(handOut.taskforce);
    expect((await scenario.readTaskforce(uuid)).phase).toBe("condor-rm");
    const { body } = await scenario.deactivate(workflowId, "abort");
    expect(body.n_taskforces).toBe(0);
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });

  it("a report for an unknown taskforce is a 404", async () => {
    const { createTms } = scenario.nextAccessPoint();
    const uuid = "TF-1-00000000-00000000-00000000";
    const unknown = {
      status: 404,
      message: expect.stringContaining(`no taskforce found with uuid: ${uuid}`),
    };
    const stranger = { taskforce_uuid: uuid, cluster_id: 1, n_workers: 1 };
    await expect(createTms.remove(stranger)).rejects.toMatchObject(unknown);
    await expect(createTms.removeFailed(stranger)).rejects.toMatchObject(unknown);
    await expect(createTms.complete(stranger)).rejects.toMatchObject(unknown);
  });
});

describe("a failed condor-rm", () => {
  it("is logged once if it is reported twice, and the taskforce is handed out again", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid } = await scenario.createInPhase("pending-stopper", at);
    const stopping = await scenario.leaseToStop(at.createTms);
    await at.createTms.removeFailed(stopping, "schedd is down");
    await at.createTms.removeFailed(stopping, "schedd is down");
    expect(failuresOf(await scenario.readTaskforce(uuid), "condor-rm")).toHaveLength(1);
    expect((await scenario.leaseToStop(at.createTms)).taskforce_uuid).toBe(uuid);
  });

  it.each(["condor-submit", "condor-rm", "condor-complete"] as const)(
    "is logged in %s, and the phase stays",
    async (phase) => {
      const at = scenario.nextAccessPoint();
      const { uuid, handOut } = await scenario.createInPhase(phase, at);
      await at.createTms.removeFailed(handOut.taskforce, "too late");
      const taskforce = await scenario.readTaskforce(uuid);
      expect(taskforce.phase).toBe(phase);
      expect(lastEntry(taskforce)).toMatchObject({
        target_phase: "condor-rm",
        was_successful: false,
        context: "ERROR: too late",
      });
      expect(await at.createTms.leaseStopper()).toBeUndefined();
    },
  );
});

describe("condor-complete", () => {
  it("a repeated report changes nothing, even with another time", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut } = await scenario.createInPhase("condor-complete", at);
    const before = await scenario.readTaskforce(uuid);
    await at.createTms.complete(handOut.taskforce, 1_900_000_000);
    expect(await scenario.readTaskforce(uuid)).toEqual(before);
  });

  it("a report for a taskforce that is being submitted leaves no job in the queues", async () => {
    const at = scenario.nextAccessPoint();
    const { taskforce_uuid } = await scenario.createPending(at);
    const handOut = await scenario.leaseToStart(at.createTms);
    await at.createTms.complete(handOut.taskforce, 1_800_000_000);
    const taskforce = await scenario.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe("condor-complete");
    expect(lastEntry(taskforce).source_event_time).toBe(1_800_000_000);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    await expect(at.createTms.submit(handOut)).rejects.toMatchObject(notPending(taskforce_uuid));
  });

  it("a report for a cluster that waits for its removal leaves no job in the queues", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid, handOut } = await scenario.createInPhase("pending-stopper", at);
    await at.createTms.complete(handOut.taskforce);
    expect((await scenario.readTaskforce(uuid)).phase).toBe("condor-complete");
    expect(await at.createTms.leaseStopper()).toBeUndefined();
  });
});

describe("statuses", () => {
  it("of a later report replace the earlier ones", async () => {
    const at = scenario.nextAccessPoint();
    const { uuid } = await scenario.createRunning(at);
    await at.createTms.sendStatuses();
    const before = await scenario.readTaskforce(uuid);
    await at.createTms.sendStatuses();
    expect(await scenario.readTaskforce(uuid)).toEqual(before);
  });

  it("of known and unknown taskforces return a 207 that lists failures first, with any text as a key", async () => {
    const { uuid } = await scenario.createRunning(scenario.nextAccessPoint());
    const unknown = "TF-1-00000000-00000000-00000000";
    const compound = { "HELD: memory. usage > 2.0 GB": { null: 2 }, __proto__x: { "a.b$c": 1 } };
    const response = await scenario.request("POST", "/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [uuid]: compound, [unknown]: compound },
      top_task_errors_by_taskforce: { [uuid]: { "IndexError: list index out of range": 3 } },
    });
    expect(response).toMatchObject({
      status: 207,
      body: {
        results: [
          { uuid: unknown, status: "failed", error: "no taskforce found with uuid" },
          { uuid, status: "updated" },
        ],
      },
    });
    expect(await scenario.readTaskforce(uuid)).toMatchObject({
      compound_statuses: compound,
      top_task_errors: { "IndexError: list index out of range": 3 },
    });
  });
});
