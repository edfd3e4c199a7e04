import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

describe("GET /v1/task-directives/{task_id}", () => {
  it("returns the created object", async () => {
    const { task_directives } = await fixture.createWorkflow(fixture.nextLocation(), {
      task_env: { A: "1" },
      init_image: "init:1",
      init_args: "--all",
      init_env: { B: "2" },
      input_queue_aliases: ["in"],
    });
    const response = await fixture.client.get(`/v1/task-directives/${task_directives[0]?.task_id}`);
    expect(response).toMatchObject({ status: 200, body: task_directives[0] });
  });

  it.each(["TK-1", "TK-65f00000-00000000-00000000", "WF-65f00000-00000000"])("is a 404 for %s", async (id) => {
    const { status, reason } = await fixture.client.get(`/v1/task-directives/${id}`);
    expect([status, reason]).toEqual([404, `no task found with id: ${id}`]);
  });
});

describe("POST /v1/task-directives/{task_id}/actions/add-workers", () => {
  const path = (task_id: string) => `/v1/task-directives/${task_id}/actions/add-workers`;

  it("returns the new taskforce", async () => {
    const [here, there] = [fixture.nextLocation(), fixture.nextLocation()];
    const { taskforces } = await fixture.createWorkflow(here, {}, { priority: 30 });
    const { task_id, workflow_id, pilot_config, worker_config, taskforce_uuid } = taskforces[0] ?? {};
    const { status, body } = await fixture.client.post(path(task_id ?? ""), {
      cluster_location: there.location,
      n_workers: 12,
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      taskforce_uuid: expect.stringMatching(new RegExp(`^TF-${task_id?.slice(3)}-[0-9a-f]{8}$`)),
      task_id,
      workflow_id,
      timestamp: expect.any(Number),
      priority: 130,
      collector: null,
      schedd: there.schedd,
      n_workers: 12,
      pilot_config,
      worker_config,
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
          context: "Created when adding more workers for this task directive.",
        },
      ],
      compound_statuses: {},
      top_task_errors: {},
    });
    expect(body.taskforce_uuid).not.toBe(taskforce_uuid);
  });

  it("treats null as one worker", async () => {
    const place = fixture.nextLocation();
    const { task_directives } = await fixture.createWorkflow(place);
    const request = { cluster_location: place.location, n_workers: null };
    const { body } = await fixture.client.post(path(task_directives[0]?.task_id ?? ""), request);
    expect(body.n_workers).toBe(1);
  });

  it.each([
    [
      { cluster_location: "nowhere", n_workers: 1 },
      400,
      expect.stringMatching(
        /^cluster_location: condor cluster location not found: nowhere; valid: pool-0, pool-1, .+, and 80 more$/,
      ),
    ],
    [{ cluster_location: "pool-0" }, 400, "n_workers: missing field"],
    [{ n_workers: 1 }, 400, "cluster_location: missing field"],
    [{ cluster_location: "pool-0", n_workers: "3" }, 400, "n_workers: expected integer or null, got string"],
    [{ cluster_location: "pool-0", n_workers: 1.5 }, 400, "n_workers: expected integer or null, got 1.5"],
    [{ cluster_location: "pool-0", n_workers: 1, priority: 1 }, 400, "priority: unknown field"],
    [undefined, 400, "cluster_location: missing field; n_workers: missing field"],
  ])("responds to %j", async (request, status, reason) => {
    const { task_directives } = await fixture.createWorkflow(fixture.nextLocation());
    for (const id of [task_directives[0]?.task_id ?? "", "TK-unknown"])
      expect(await fixture.client.post(path(id), request)).toMatchObject({ status, reason });
  });

  it("is a 404 for an unknown task", async () => {
    const { status, reason } = await fixture.client.post(path("TK-1"), {
      cluster_location: "pool-0",
      n_workers: 1,
    });
    expect([status, reason]).toEqual([404, "no task found with id: TK-1"]);
  });

  it("is a 422 for a deactivated workflow", async () => {
    const place = fixture.nextLocation();
    const { workflow, task_directives } = await fixture.createWorkflow(place);
    await fixture.client.post(`/v1/workflows/${workflow.workflow_id}/actions/finished`);
    const request = { cluster_location: place.location, n_workers: 1 };
    const { status, reason } = await fixture.client.post(path(task_directives[0]?.task_id ?? ""), request);
    expect(status).toBe(422);
    expect(reason).toBe(`cannot add a taskforce to a deactivated workflow (${workflow.workflow_id})`);
  });
});
