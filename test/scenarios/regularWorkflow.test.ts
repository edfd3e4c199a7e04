import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TmsHandOut } from "../../scripts/tms/wmsTypes.js";
import type { CreatedWorkflow } from "../api/requestBodies.js";
import {
  makeTaskRequestAt,
  type ServiceScenario,
  shortLog,
  startServiceScenario,
  type TestAccessPoint,
} from "./serviceScenario.js";

describe("a workflow of two tasks at two locations, from the request to the end of the last cluster", () => {
  let scenario: ServiceScenario;
  let places: TestAccessPoint[];
  let created: CreatedWorkflow;
  const handedOut: TmsHandOut[] = [];
  const uuids = () => created.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const taskforces = () => Promise.all(uuids().map((uuid) => scenario.readTaskforce(uuid)));

  beforeAll(async () => {
    scenario = await startServiceScenario();
    places = [scenario.nextAccessPoint(), scenario.nextAccessPoint()];
  });
  afterAll(() => scenario.close());

  it("has one taskforce for each task and location before the launch", async () => {
    const locations = places.map(({ location }) => location);
    created = await scenario.submitWorkflow(
      [
        makeTaskRequestAt(locations, {
          input_queue_aliases: ["events"],
          output_queue_aliases: ["pixels"],
          n_workers: 3,
        }),
        makeTaskRequestAt(locations, {
          input_queue_aliases: ["pixels"],
          output_queue_aliases: ["results"],
          n_workers: 8,
        }),
      ],
      { public_queue_aliases: ["events", "results"], priority: 70 },
    );

    expect(created.workflow).toMatchObject({ priority: 70, deactivated: null, deactivated_ts: null });
    expect(created.task_directives).toHaveLength(2);
    expect(created.taskforces.map(({ schedd, n_workers, phase }) => ({ schedd, n_workers, phase }))).toEqual([
      { schedd: places[0]?.schedd, n_workers: 3, phase: "pre-mq-activation" },
      { schedd: places[1]?.schedd, n_workers: 3, phase: "pre-mq-activation" },
      { schedd: places[0]?.schedd, n_workers: 8, phase: "pre-mq-activation" },
      { schedd: places[1]?.schedd, n_workers: 8, phase: "pre-mq-activation" },
    ]);
  });

  it("connects the tasks by a queue", () => {
    const [first, second] = created.task_directives;
    expect(first?.output_queues).toHaveLength(1);
    expect(second?.input_queues).toEqual(first?.output_queues);
  });

  it("is launched once its message queues are active", async () => {
    for (const uuid of uuids()) {
      const taskforce = await scenario.waitForPhase(uuid, "pending-starter");
      expect(shortLog(taskforce)).toEqual([
        "pre-mq-activation by USER",
        "pre-launch by Workflow MQ Activator",
        "pending-starter by Taskforce Launch Control",
      ]);
    }
  });

  it("is handed out at each location with its directive and activated queues", async () => {
    for (const { createTms, schedd } of places) {
      const here = [await scenario.leaseToStart(createTms), await scenario.leaseToStart(createTms)];
      expect(await createTms.leaseStarter()).toBeUndefined();
      for (const handOut of here) {
        const { taskforce, task_directive, mqprofiles } = handOut;
        expect(taskforce).toMatchObject({ schedd, phase: "pending-starter", cluster_id: null });
        expect(task_directive).toEqual(created.task_directives.find(({ task_id }) => task_id === taskforce.task_id));
        expect(mqprofiles.map(({ mqid }) => mqid).sort()).toEqual(
          [...task_directive.input_queues, ...task_directive.output_queues].sort(),
        );
        expect(mqprofiles.every(({ is_activated }) => is_activated)).toBe(true);
      }
      handedOut.push(...here);
    }
    expect(handedOut.map(({ taskforce }) => taskforce.taskforce_uuid).sort()).toEqual(uuids().sort());
  });

  it("stores the report of condor-submit", async () => {
    for (const { createTms, schedd } of places) {
      for (const handOut of handedOut.filter(({ taskforce }) => taskforce.schedd === schedd)) {
        const report = await createTms.submit(handOut);
        const stored = await scenario.readTaskforce(handOut.taskforce.taskforce_uuid);
        expect(stored).toMatchObject({ ...report, phase: "condor-submit" });
      }
    }
  });

  it("shows the statuses of its workers", async () => {
    for (const { createTms } of places) {
      const results = await createTms.sendStatuses();
      expect(results.map(({ status }) => status)).toEqual(["updated", "updated"]);
    }
    for (const { compound_statuses, n_workers } of await taskforces())
      expect(compound_statuses).toEqual({ IDLE: { null: n_workers } });
  });

  it("is stopped at all locations when the user finishes it", async () => {
    const response = await scenario.deactivate(created.workflow.workflow_id, "finished");
    expect(response).toMatchObject({
      status: 200,
      body: { workflow_id: created.workflow.workflow_id, n_taskforces: 4 },
    });
    for (const { phase } of await taskforces()) expect(phase).toBe("pending-stopper");

    for (const { createTms } of places) {
      for (let stopped = 0; stopped < 2; stopped++) await createTms.remove(await scenario.leaseToStop(createTms));
      expect(await createTms.leaseStopper()).toBeUndefined();
    }
    for (const { phase } of await taskforces()) expect(phase).toBe("condor-rm");
  });

  it("ends with every cluster complete and every step in the log", async () => {
    for (const { createTms } of places) await createTms.advanceAndReport();
    for (const taskforce of await taskforces()) {
      expect(taskforce.phase).toBe("condor-complete");
      expect(taskforce.compound_statuses).toEqual({ REMOVED: { null: taskforce.n_workers } });
      expect(shortLog(taskforce)).toEqual([
        "pre-mq-activation by USER",
        "pre-launch by Workflow MQ Activator",
        "pending-starter by Taskforce Launch Control",
        "condor-submit by TMS",
        "pending-stopper by User",
        "condor-rm by TMS",
        "condor-complete by TMS",
      ]);
    }
  });
});
