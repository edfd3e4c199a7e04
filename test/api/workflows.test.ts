import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

describe("POST /v1/workflows", () => {
  it("returns the new objects with all defaults", async () => {
    const { location, schedd } = fixture.nextLocation();
    const { status, headers, body } = await fixture.client.post<CreatedWorkflow>(
      "/v1/workflows",
      makeWorkflowRequest([makeTaskRequest(location)]),
    );
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    const { workflow, task_directives, taskforces } = body;
    expect(workflow).toEqual({
      workflow_id: expect.stringMatching(/^WF-[0-9a-f]+-[0-9a-f]{8}$/),
      timestamp: expect.any(Number),
      priority: 50,
      deactivated: null,
      deactivated_ts: null,
    });
    const { workflow_id } = workflow;
    expect(task_directives).toEqual([
      {
        task_id: expect.stringMatching(new RegExp(`^TK-${workflow_id.slice(3)}-[0-9a-f]{8}$`)),
        workflow_id,
        cluster_locations: [location],
        task_image: makeTaskRequest(location).task_image,
        task_args: makeTaskRequest(location).task_args,
        task_env: {},
        init_image: "",
        init_args: "",
        init_env: {},
        timestamp: expect.any(Number),
        input_queues: [],
        output_queues: [],
      },
    ]);
    const task_id = task_directives[0]?.task_id ?? "";
    expect(taskforces).toEqual([
      {
        taskforce_uuid: expect.stringMatching(new RegExp(`^TF-${task_id.slice(3)}-[0-9a-f]{8}$`)),
        task_id,
        workflow_id,
        timestamp: expect.any(Number),
        priority: 50,
        collector: null,
        schedd,
        n_workers: 1,
        pilot_config: { tag: "latest", image_source: "cvmfs", environment: {}, input_files: [] },
        worker_config: makeTaskRequest(location).worker_config,
        cluster_id: null,
        submit_dict: {},
        job_event_log_fpath: "",
        phase: "pre-mq-activation",
        phase_change_log: [
          {
            target_phase: "pre-mq-activation",
            timestamp: expect.any(Number),
            was_successful: true,
            source_event_time: null,
            source_entity: "USER",
            context: "Created during initial workflow request.",
          },
        ],
        compound_statuses: {},
        top_task_errors: {},
      },
    ]);
  });

  it.each([
    ["a priority above 100 is stored as 100", { priority: 1000 }, { priority: 100 }],
    ["a low priority is stored unchanged", { priority: -3 }, { priority: -3 }],
  ])("%s", async (_rule, request, workflow) => {
    const created = await fixture.createWorkflow(fixture.nextLocation(), {}, request);
    expect(created.workflow).toMatchObject(workflow);
    expect(created.taskforces[0]).toMatchObject(workflow);
  });

  const pilot = { tag: "latest", image_source: "cvmfs" as const, environment: {}, input_files: [] };
  it.each([
    ["n_workers null is 1", { n_workers: null }, { n_workers: 1 }],
    ["n_workers is stored unchanged", { n_workers: 500 }, { n_workers: 500 }],
    [
      "image_source auto is stored as cvmfs",
      { pilot_config: { ...pilot, image_source: "auto" as const } },
      { pilot_config: pilot },
    ],
    [
      "a leading v of a tag is dropped",
      { pilot_config: { ...pilot, tag: "v1.2.3" } },
      { pilot_config: { ...pilot, tag: "1.2.3" } },
    ],
    [
      "the pilot's environment accepts strings, integers and lists",
      { pilot_config: { ...pilot, environment: { A: "a", B: 2, C: ["c", "d"] } } },
      { pilot_config: { ...pilot, environment: { A: "a", B: 2, C: ["c", "d"] } } },
    ],
  ])("%s", async (_rule, more, taskforce) => {
    const { taskforces } = await fixture.createWorkflow(fixture.nextLocation(), more);
    expect(taskforces[0]).toMatchObject(taskforce);
  });

  it("stores variables with unusual names, __proto__ included", async () => {
    const { location } = fixture.nextLocation();
    const env = '{"__proto__":"a","constructor":"b","":"c","ü 😀":"d"}';
    const text = JSON.stringify(
      makeWorkflowRequest([makeTaskRequest(location, { task_env: { REPLACE: "" } })]),
    ).replace('{"REPLACE":""}', env);
    const { text: response, body } = await fixture.client.post<CreatedWorkflow>("/v1/workflows", text);
    expect(response).toContain(`"task_env":${env}`);
    const { text: read } = await fixture.client.get(`/v1/task-directives/${body.task_directives[0]?.task_id}`);
    expect(read).toContain(`"task_env":${env}`);
  });

  it("creates a queue for each alias in the order of the task, and a taskforce for each task and location", async () => {
    const [one, other] = [fixture.nextLocation(), fixture.nextLocation()];
    const { body } = await fixture.client.post<CreatedWorkflow>(
      "/v1/workflows",
      makeWorkflowRequest(
        [
          makeTaskRequest(one.location, {
            cluster_locations: [one.location, other.location],
            output_queue_aliases: ["b", "a"],
          }),
          makeTaskRequest(other.location, { input_queue_aliases: ["a"], task_args: "second" }),
        ],
        { public_queue_aliases: ["b"] },
      ),
    );
    const [first, second] = body.task_directives;
    expect(new Set(first?.output_queues).size).toBe(2);
    expect(second?.input_queues).toEqual([first?.output_queues[1]]);
    expect(body.taskforces.map(({ task_id, schedd }) => [task_id, schedd])).toEqual([
      [first?.task_id, one.schedd],
      [first?.task_id, other.schedd],
      [second?.task_id, other.schedd],
    ]);
  });

  const wrong = (more: object, request: object = {}) => ({
    ...makeWorkflowRequest([{ ...makeTaskRequest("pool-0"), ...more }]),
    ...request,
  });
  const pilotWith = (environment: object) => ({ pilot_config: { ...pilot, environment } });
  it.each([
    [
      wrong({ cluster_locations: ["nowhere"] }),
      /^tasks\[0\]\.cluster_locations\[0\]: condor cluster location not found: nowhere; valid: pool-0, /,
    ],
    [wrong({}, { public_queue_aliases: ["unused"] }), /^public_queue_aliases\[0\]: .*unused$/],
    ...["IMAGE", "ARGS", "ENV_JSON"].flatMap((what): [object, RegExp][] =>
      ["TASK", "INIT"].map((whose) => {
        const name = `EWMS_PILOT_${whose}_${what}`;
        return [wrong(pilotWith({ [name]: "x" })), new RegExp(`^tasks\\[0\\]\\.pilot_config\\.environment.*${name}`)];
      }),
    ),
    [wrong({ pilot_config: { ...pilot, tag: "1.2" } }), /^tasks\[0\]\.pilot_config\.tag: .*1\.2/],
  ])("refuses %j", async (request, error) => {
    const { status, body } = await fixture.client.post("/v1/workflows", request);
    expect(status).toBe(400);
    expect(body.error).toMatch(error);
  });
});

describe("GET /v1/workflows/{workflow_id}", () => {
  it("returns the created object", async () => {
    const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
    const response = await fixture.client.get(`/v1/workflows/${workflow.workflow_id}`);
    expect(response).toMatchObject({ status: 200, body: workflow });
  });

  it.each(["WF-1", "WF-65f00000-00000000", "x", "é 😀", "a".repeat(3000)])("is a 404 for %j", async (id) => {
    const { status, body } = await fixture.client.get(`/v1/workflows/${encodeURIComponent(id)}`);
    expect(status).toBe(404);
    const whole = `no workflow found with id: ${id}`;
    expect(body.error).toBe(whole.length > 1000 ? `${whole.slice(0, 997)}...` : whole);
  });
});

describe.each([
  ["abort", "ABORTED"],
  ["finished", "FINISHED"],
])("POST /v1/workflows/{workflow_id}/actions/%s", (action, deactivated) => {
  it("counts the taskforces to stop, and takes effect before its response", async () => {
    const { workflow, taskforces } = await fixture.createWorkflow(fixture.nextLocation());
    const { workflow_id } = workflow;
    const response = await fixture.client.post(`/v1/workflows/${workflow_id}/actions/${action}`);
    expect(response).toMatchObject({ status: 200, body: { workflow_id, n_taskforces: 1 } });
    const { body } = await fixture.client.get(`/v1/workflows/${workflow_id}`);
    expect(body).toMatchObject({ workflow_id, deactivated, deactivated_ts: expect.any(Number) });
    expect((await fixture.readTaskforce(taskforces[0]?.taskforce_uuid ?? "")).phase).toBe("pending-stopper");
  });

  it.each([undefined, "", "{}", { anything: 1 }])("ignores a body like %j", async (body) => {
    const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
    const path = `/v1/workflows/${workflow.workflow_id}/actions/${action}`;
    expect((await fixture.client.post(path, body)).status).toBe(200);
  });

  it("refuses a body that is no object, and does nothing", async () => {
    const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
    const { status, reason } = await fixture.client.post(
      `/v1/workflows/${workflow.workflow_id}/actions/${action}`,
      "[]",
    );
    expect([status, reason]).toEqual([400, "body: expected object, got array"]);
    expect((await fixture.client.get(`/v1/workflows/${workflow.workflow_id}`)).body.deactivated).toBeNull();
  });

  it("is a 404 for a deactivated workflow and for an unknown one", async () => {
    const { workflow } = await fixture.createWorkflow(fixture.nextLocation());
    await fixture.client.post(`/v1/workflows/${workflow.workflow_id}/actions/abort`);
    for (const id of [workflow.workflow_id, "WF-1", "WF-65f00000-00000000"]) {
      const { status, reason } = await fixture.client.post(`/v1/workflows/${id}/actions/${action}`);
      expect([status, reason]).toEqual([404, `no non-deactivated workflow found with workflow_id='${id}'`]);
    }
  });
});
