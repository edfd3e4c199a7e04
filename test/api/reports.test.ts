import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PHASES } from "../../src/domain/phases.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { submitReport } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const UNKNOWN = ["TF-1", "TF-65f00000-00000000-00000000-00000000", "WF-65f00000-00000000"];
const report = (what: string, uuid: string, body?: unknown) => {
  const [action, ...more] = what.split("/");
  return fixture.client.post(`/v1/tms/${[action, "taskforces", uuid, ...more].join("/")}`, body);
};
const createLeased = async () => {
  const place = fixture.nextLocation();
  const taskforce = await fixture.createPendingTaskforce(place);
  await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
  return taskforce;
};

describe("GET /v1/taskforces/{taskforce_uuid}", () => {
  it("returns the created object", async () => {
    const { taskforces } = await fixture.createWorkflow(fixture.nextLocation());
    const { taskforce_uuid, task_id, worker_config } = taskforces[0] ?? {};
    const response = await fixture.client.get(`/v1/taskforces/${taskforce_uuid}`);
    expect(response).toMatchObject({ status: 200, body: { taskforce_uuid, task_id, worker_config } });
  });

  it.each(UNKNOWN)("is a 404 for %s", async (uuid) => {
    const { status, reason } = await fixture.client.get(`/v1/taskforces/${uuid}`);
    expect([status, reason]).toEqual([404, `no taskforce found with uuid: ${uuid}`]);
  });
});

describe("POST …/condor-submit", () => {
  it("stores the report of the TMS, and ignores the taskforce's other fields", async () => {
    const taskforce = await createLeased();
    const { taskforce_uuid } = taskforce;
    const response = await report("condor-submit", taskforce_uuid, {
      ...taskforce,
      ...submitReport(77),
      schedd: "another",
      collector: "old",
      phase: "condor-complete",
      phase_change_log: [],
      top_task_errors: { nonsense: 3 },
    });
    expect(response).toMatchObject({ status: 200, body: { taskforce_uuid } });
    expect(await fixture.readTaskforce(taskforce_uuid)).toMatchObject({
      ...submitReport(77),
      schedd: taskforce.schedd,
      collector: null,
      phase: "condor-submit",
      top_task_errors: {},
    });
  });

  it.each([
    [undefined, /^cluster_id: missing field; /],
    ...Object.keys(submitReport()).map((field): [object, RegExp] => [
      { ...submitReport(), [field]: undefined },
      new RegExp(`^${field}: missing field$`),
    ]),
    ...Object.keys(submitReport()).map((field): [object, RegExp] => [
      { ...submitReport(), [field]: null },
      new RegExp(`^${field}: expected (integer|object|string), got null$`),
    ]),
    [{ ...submitReport(), n_workers: "7" }, /^n_workers: expected integer or null, got string$/],
    [{ ...submitReport(), submit_dict: { a: 1.5 } }, /^submit_dict\.a: expected string or integer, got 1\.5$/],
    [{ ...submitReport(), bogus: 1 }, /^bogus: unknown field$/],
    [{ ...submitReport(), phase: "lost" }, /^phase: expected "pre-mq-activation" or .*, got "lost"$/],
  ])("refuses %j, whether or not the taskforce exists", async (body, error) => {
    const { taskforce_uuid } = await createLeased();
    for (const uuid of [taskforce_uuid, "TF-1"]) {
      const response = await report("condor-submit", uuid, body);
      expect(response.status).toBe(400);
      expect(response.body.error).toMatch(error);
    }
    expect((await fixture.readTaskforce(taskforce_uuid)).phase).toBe("pending-starter");
  });

  it.each(UNKNOWN)("is a 404 for %s", async (uuid) => {
    const { status, reason } = await report("condor-submit", uuid, submitReport());
    expect([status, reason]).toEqual([404, `no 'pending-starter' taskforce found with uuid: ${uuid}`]);
  });

  it("is a 404 for a taskforce with another cluster", async () => {
    const { taskforce_uuid } = await fixture.createTaskforceInPhase("condor-submit");
    const { status, reason } = await report("condor-submit", taskforce_uuid, submitReport(999));
    expect([status, reason]).toEqual([404, `no 'pending-starter' taskforce found with uuid: ${taskforce_uuid}`]);
  });
});

describe.each([
  ["condor-submit/failed", "pending-starter", "condor-submit"],
  ["condor-rm/failed", "pending-stopper", "condor-rm"],
] as const)("POST …/%s", (what, phase, target) => {
  const started = () => (phase === "pending-starter" ? createLeased() : fixture.createTaskforceInPhase(phase));

  it.each([
    [{ error: "no such schedd é" }, "ERROR: no such schedd é"],
    [{ error: "" }, "ERROR: "],
    [{}, "ERROR: unknown"],
    [undefined, "ERROR: unknown"],
    [" \n", "ERROR: unknown"],
  ])("logs %j", async (body, context) => {
    const { taskforce_uuid } = await started();
    expect(await report(what, taskforce_uuid, body)).toMatchObject({ status: 200, body: { taskforce_uuid } });
    const taskforce = await fixture.readTaskforce(taskforce_uuid);
    expect(taskforce.phase).toBe(phase);
    expect(taskforce.phase_change_log.at(-1)).toMatchObject({
      target_phase: target,
      was_successful: false,
      source_entity: "TMS",
      context,
    });
  });

  it.each([
    [{ error: 5 }, "error: expected string, got number"],
    [{ error: null }, "error: expected string, got null"],
    [{ reason: "x" }, "reason: unknown field"],
    ["[]", "body: expected object, got array"],
  ])("refuses %j", async (body, reason) => {
    expect(await report(what, "TF-1", body)).toMatchObject({ status: 400, reason });
  });

  it.each(UNKNOWN)("is a 404 for %s", async (uuid) => {
    const { status, reason } = await report(what, uuid, {});
    const kind = phase === "pending-starter" ? "'pending-starter' " : "";
    expect([status, reason]).toEqual([404, `no ${kind}taskforce found with uuid: ${uuid}`]);
  });
});

it("POST …/condor-submit/failed is a 404 for a running taskforce", async () => {
  const { taskforce_uuid } = await fixture.createTaskforceInPhase("condor-submit");
  const { status, reason } = await report("condor-submit/failed", taskforce_uuid, {});
  expect([status, reason]).toEqual([404, `no 'pending-starter' taskforce found with uuid: ${taskforce_uuid}`]);
});

const REACHABLE = PHASES.filter((phase) => !phase.startsWith("pre-"));

describe("POST …/condor-rm", () => {
  it.each(REACHABLE)("is accepted in %s, and a second time", async (phase) => {
    const { taskforce_uuid } = await fixture.createTaskforceInPhase(phase);
    for (const body of [undefined, { anything: 1 }])
      expect(await report("condor-rm", taskforce_uuid, body)).toMatchObject({
        status: 200,
        body: { taskforce_uuid },
      });
    const reached = phase === "condor-complete" ? "condor-complete" : "condor-rm";
    expect((await fixture.readTaskforce(taskforce_uuid)).phase).toBe(reached);
  });

  it.each(UNKNOWN)("is a 404 for %s", async (uuid) => {
    const { status, reason } = await report("condor-rm", uuid);
    expect([status, reason]).toEqual([404, `no taskforce found with uuid: ${uuid}`]);
  });
});

describe("POST …/condor-complete", () => {
  const body = { condor_complete_ts: 1_712_345_678 };

  it.each(REACHABLE)("is accepted in %s, and a second time", async (phase) => {
    const { taskforce_uuid } = await fixture.createTaskforceInPhase(phase);
    for (let times = 0; times < 2; times++)
      expect(await report("condor-complete", taskforce_uuid, body)).toMatchObject({
        status: 200,
        body: { taskforce_uuid },
      });
    expect((await fixture.readTaskforce(taskforce_uuid)).phase).toBe("condor-complete");
  });

  it("records when the cluster ended", async () => {
    const { taskforce_uuid } = await fixture.createTaskforceInPhase("condor-submit");
    await report("condor-complete", taskforce_uuid, body);
    expect((await fixture.readTaskforce(taskforce_uuid)).phase_change_log.at(-1)).toMatchObject({
      target_phase: "condor-complete",
      was_successful: true,
      source_event_time: 1_712_345_678,
      source_entity: "TMS",
    });
  });

  it.each([
    [undefined, "condor_complete_ts: missing field"],
    [{}, "condor_complete_ts: missing field"],
    [{ condor_complete_ts: 1.5 }, "condor_complete_ts: expected integer, got 1.5"],
    [{ condor_complete_ts: "1" }, "condor_complete_ts: expected integer, got string"],
    [{ condor_complete_ts: 1, more: 1 }, "more: unknown field"],
  ])("refuses %j", async (sent, reason) => {
    expect(await report("condor-complete", "TF-1", sent)).toMatchObject({ status: 400, reason });
  });

  it.each(UNKNOWN)("is a 404 for %s", async (uuid) => {
    const { status, reason } = await report("condor-complete", uuid, body);
    expect([status, reason]).toEqual([404, `no taskforce found with uuid: ${uuid}`]);
  });
});

describe("POST /v1/tms/statuses/taskforces", () => {
  const statuses = (body?: unknown) => fixture.client.post("/v1/tms/statuses/taskforces", body);
  const compound = { 'HELD: "quoted"': { null: 2 }, RUNNING: { "a.b": 1, __proto: 0 } };

  it("updates both maps, and either alone", async () => {
    const { taskforce_uuid: uuid } = await fixture.createTaskforceInPhase("condor-submit");
    const all = await statuses({
      compound_statuses_by_taskforce: { [uuid]: compound },
      top_task_errors_by_taskforce: { [uuid]: { "bad pixel": 4 } },
    });
    expect(all).toMatchObject({ status: 200, body: { results: [{ uuid, status: "updated" }] } });
    expect(await fixture.readTaskforce(uuid)).toMatchObject({
      compound_statuses: compound,
      top_task_errors: { "bad pixel": 4 },
    });
    await statuses({ top_task_errors_by_taskforce: { [uuid]: {} } });
    const changed = await fixture.readTaskforce(uuid);
    expect(changed.compound_statuses).toEqual(compound);
    expect(changed.top_task_errors).toEqual({});
    await statuses({ compound_statuses_by_taskforce: { [uuid]: { IDLE: {} } } });
    expect((await fixture.readTaskforce(uuid)).compound_statuses).toEqual({ IDLE: {} });
  });

  it("is a 207 that lists unknown taskforces first", async () => {
    const { taskforce_uuid: uuid } = await fixture.createTaskforceInPhase("condor-submit");
    const { status, body } = await statuses({
      compound_statuses_by_taskforce: { [uuid]: {}, "TF-1": {} },
      top_task_errors_by_taskforce: { "TF-65f00000-00000000-00000000-00000000": {}, [uuid]: {} },
    });
    expect(status).toBe(207);
    expect(body.results).toHaveLength(3);
    expect(body.results).toEqual([
      ...["TF-1", "TF-65f00000-00000000-00000000-00000000"].map((unknown) => ({
        uuid: unknown,
        status: "failed",
        error: "no taskforce found with uuid",
      })),
      { uuid, status: "updated" },
    ]);
  });

  it("keeps keys named __proto__", async () => {
    const { taskforce_uuid: uuid } = await fixture.createTaskforceInPhase("condor-submit");
    const map = '{"__proto__":{"__proto__":1}}';
    await statuses(`{"compound_statuses_by_taskforce":{"${uuid}":${map}}}`);
    expect((await fixture.client.get(`/v1/taskforces/${uuid}`)).text).toContain(`"compound_statuses":${map}`);
    const { body } = await statuses('{"top_task_errors_by_taskforce":{"__proto__":{}}}');
    expect(body.results).toEqual([{ uuid: "__proto__", status: "failed", error: "no taskforce found with uuid" }]);
  });

  it.each([
    [undefined, "expected at least one of them"],
    [{}, "expected at least one of them"],
    [{ compound_statuses_by_taskforce: {} }, "compound_statuses_by_taskforce: expected at least 1 entry"],
    [{ top_task_errors_by_taskforce: {} }, "top_task_errors_by_taskforce: expected at least 1 entry"],
    [{ top_task_errors_by_taskforce: [] }, "top_task_errors_by_taskforce: expected object, got array"],
    [
      { top_task_errors_by_taskforce: { x: { e: 1.5 } } },
      "top_task_errors_by_taskforce.x.e: expected integer, got 1.5",
    ],
    [
      { compound_statuses_by_taskforce: { "TF-1": { "HELD: x": { null: "1" } } } },
      'compound_statuses_by_taskforce.TF-1["HELD: x"].null: expected integer, got string',
    ],
    [
      { compound_statuses_by_taskforce: { x: { y: 1 } } },
      "compound_statuses_by_taskforce.x.y: expected object, got number",
    ],
    [{ top_task_errors_by_taskforce: { x: {} }, more: {} }, "more: unknown field"],
  ])("refuses %j", async (body, error) => {
    const response = await statuses(body);
    expect(response.status).toBe(400);
    expect(response.body.error).toContain(error);
  });
});
