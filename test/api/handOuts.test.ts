import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const poll = (which: "starter" | "stopper", query: string) =>
  fixture.client.get(`/v1/tms/pending-${which}/taskforces${query}`);

describe.each(["starter", "stopper"] as const)("GET /v1/tms/pending-%s/taskforces", (which) => {
  it.each([
    ["", "schedd: missing field"],
    ["?", "schedd: missing field"],
    ["?schedd=", "schedd: expected at least 1 character"],
    ["?schedd=a&schedd=b", "schedd: expected string, got array"],
    ["?collector=c", "schedd: missing field"],
  ])("refuses the query %j", async (query, reason) => {
    expect(await poll(which, query)).toMatchObject({ status: 400, reason });
  });

  it.each(["?schedd=schedd-0", "?schedd=unknown", "?schedd=%00%C3%A9&collector=c&other=1", "?schedd=__proto__"])(
    "returns an empty object for %s",
    async (query) => {
      const { status, text } = await poll(which, query);
      expect([status, text]).toEqual([200, "{}"]);
    },
  );

  it("accepts GET only", async () => {
    const response = await fixture.client.post(`/v1/tms/pending-${which}/taskforces?schedd=a`, {});
    expect(response).toMatchObject({ status: 405, headers: { allow: "GET" } });
  });
});

describe("GET /v1/tms/pending-starter/taskforces", () => {
  it("hands out a taskforce with its directive and no queues, once", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createPendingTaskforce(place);
    const { body } = await poll("starter", `?schedd=${place.schedd}`);
    const directive = await fixture.client.get(`/v1/task-directives/${taskforce.task_id}`);
    expect(body).toEqual({ taskforce, task_directive: directive.body, mqprofiles: [] });
    expect((await poll("starter", `?schedd=${place.schedd}`)).text).toBe("{}");
  });

  it("leases nothing for a HEAD, whose response has no body", async () => {
    const place = fixture.nextLocation();
    const { taskforce_uuid } = await fixture.createPendingTaskforce(place);
    const path = `/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`;
    const head = await fixture.client.request("HEAD", path);
    expect(head).toMatchObject({ status: 405, text: "", headers: { allow: "GET" } });
    expect((await poll("starter", `?schedd=${place.schedd}`)).body.taskforce.taskforce_uuid).toBe(taskforce_uuid);
  });

  it("hands out the profiles of all queues of the task", async () => {
    const place = fixture.nextLocation();
    const { workflow, task_directives, taskforces } = await fixture.createWorkflow(
      place,
      { input_queue_aliases: ["in"], output_queue_aliases: ["out"] },
      { public_queue_aliases: ["in"] },
    );
    const { workflow_id } = workflow;
    const { input_queues = [], output_queues = [] } = task_directives[0] ?? {};
    await expect
      .poll(async () => (await fixture.readTaskforce(taskforces[0]?.taskforce_uuid ?? "")).phase)
      .toBe("pending-starter");
    const { body } = await poll("starter", `?schedd=${place.schedd}`);
    expect(body.mqprofiles).toHaveLength(2);
    expect(body.mqprofiles).toMatchObject([
      { mqid: input_queues[0], alias: "in", workflow_id, is_public: true, is_activated: true },
      { mqid: output_queues[0], alias: "out", workflow_id, is_public: false, is_activated: true },
    ]);
  });
});

describe("GET /v1/tms/pending-stopper/taskforces", () => {
  it("hands out a taskforce, once", async () => {
    const place = fixture.nextLocation();
    const taskforce = await fixture.createTaskforceInPhase("pending-stopper", place);
    expect((await poll("stopper", `?schedd=${place.schedd}`)).body).toEqual(taskforce);
    expect((await poll("stopper", `?schedd=${place.schedd}`)).text).toBe("{}");
  });
});

describe("GET /v1/mqs/workflows/{workflow_id}/mq-profiles/public", () => {
  const path = (id: string) => `/v1/mqs/workflows/${id}/mq-profiles/public`;

  it("shows the public queues", async () => {
    const { workflow } = await fixture.createWorkflow(
      fixture.nextLocation(),
      { input_queue_aliases: ["in"], output_queue_aliases: ["out"] },
      { public_queue_aliases: ["out"] },
    );
    const { status, body } = await fixture.client.get(path(workflow.workflow_id));
    expect(status).toBe(200);
    expect(body.mqprofiles).toMatchObject([{ alias: "out", is_public: true }]);
  });

  it.each(["WF-1", "WF-65f00000-00000000"])("is a 404 for %s", async (id) => {
    const { status, reason } = await fixture.client.get(path(id));
    expect([status, reason]).toEqual([404, `no message queues found for workflow: ${id}`]);
  });
});
