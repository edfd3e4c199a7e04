import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "../../api/apiFixture.js";
import { submitReport } from "../../api/requestBodies.js";
import { EventClient, phaseSteps } from "./eventClient.js";

let fixture: ApiFixture;
let url: string;
beforeAll(async () => {
  fixture = await startApiFixture({ EVENTS_HEARTBEAT_SECONDS: "0.05" });
  url = fixture.service.url;
});
afterAll(() => fixture.close());

const post = async (path: string, body?: unknown) => {
  const answer = await fixture.client.post(path, body);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};
const pathOf = (workflow: string) => `${url}/v1/workflows/${workflow}/events`;

describe("a subscriber to a workflow", () => {
  it("receives each phase, the deactivation and summaries, in order, and no event of other workflows", async () => {
    const place = fixture.nextLocation();
    const { taskforce_uuid, task_id, workflow_id } = await fixture.createPendingTaskforce(place);
    const client = await EventClient.open(pathOf(workflow_id));
    await fixture.createPendingTaskforce();
    await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
    await post(`/v1/tms/condor-submit/taskforces/${taskforce_uuid}`, submitReport());
    const submitted = await client.waitForEvent("phase", { phase: "condor-submit" });
    const { phase_change_log } = await fixture.readTaskforce(taskforce_uuid);
    expect(submitted.data).toEqual({
      workflow_id,
      task_id,
      taskforce_uuid,
      phase: "condor-submit",
      from: "pending-starter",
      timestamp: phase_change_log.at(-1)?.timestamp,
      was_successful: true,
      schedd: place.schedd,
    });

    await post(`/v1/workflows/${workflow_id}/actions/abort`);
    await post(`/v1/tms/condor-rm/taskforces/${taskforce_uuid}/failed`, { error: "not yet" });
    await post(`/v1/tms/condor-rm/taskforces/${taskforce_uuid}`);
    await client.waitForEvent("phase", { phase: "condor-rm", was_successful: true });
    expect(phaseSteps(client.events)).toEqual([
      "pending-starter > condor-submit",
      "condor-submit > pending-stopper",
      "no pending-stopper > condor-rm",
      "pending-stopper > condor-rm",
    ]);
    const { deactivated_ts } = (await fixture.client.get(`/v1/workflows/${workflow_id}`)).body;
    expect((await client.waitForEvent("deactivated")).data).toEqual({
      workflow_id,
      deactivated: "ABORTED",
      timestamp: deactivated_ts,
    });
    expect(new Set(client.events.map(({ data }) => data.workflow_id))).toEqual(new Set([workflow_id]));
    expect(new Set(client.events.map(({ id }) => id)).size).toBe(client.events.length);
  });

  it("receives new statuses in the summary", async () => {
    const { taskforce_uuid, workflow_id } = await fixture.createTaskforceInPhase("condor-submit");
    const client = await EventClient.open(pathOf(workflow_id));
    const statuses = { RUNNING: { Processing: 3 } };
    await post("/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [taskforce_uuid]: statuses },
      top_task_errors_by_taskforce: { [taskforce_uuid]: { "out of memory": 2 } },
    });
    const isNew = (data: { compound_statuses: object }) => Object.keys(data.compound_statuses).length > 0;
    await client.waitUntil("the new sums", ({ events }) =>
      events.some(({ event, data }) => event === "summary" && isNew(data)),
    );
    const summaries = client.events.filter(({ event }) => event === "summary");
    expect(summaries.at(-1)?.data).toMatchObject({
      workflow_id,
      taskforces_by_phase: { "condor-submit": 1 },
      compound_statuses: statuses,
      top_task_errors: { "out of memory": 2 },
    });
  });

  it("receives added taskforces", async () => {
    const place = fixture.nextLocation();
    const { task_id, workflow_id } = await fixture.createPendingTaskforce(place);
    const client = await EventClient.open(pathOf(workflow_id));
    const path = `/v1/task-directives/${task_id}/actions/add-workers`;
    const added = await post(path, { cluster_location: place.location, n_workers: 1 });
    await client.waitForEvent("phase", { taskforce_uuid: added.taskforce_uuid, phase: "pending-starter" });
    expect(phaseSteps(client.events)).toEqual([
      "null > pre-mq-activation",
      "pre-mq-activation > pre-launch",
      "pre-launch > pending-starter",
    ]);
  });

  it("receives heartbeats, and a position to resume from before the first event", async () => {
    const { workflow_id } = await fixture.createPendingTaskforce();
    const client = await EventClient.open(pathOf(workflow_id));
    await client.waitUntil("two heartbeats", ({ heartbeats }) => heartbeats >= 2);
    expect(client.retry).toBe(1000);
    expect(client.lastId).toMatch(/^\S+$/);
    expect(client.response.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
  });

  it("gets a 404 for an unknown workflow and for an invalid id", async () => {
    for (const id of ["WF-65f00000-00000000", "nothing"])
      expect(await fixture.client.get(`/v1/workflows/${id}/events`)).toMatchObject({
        status: 404,
        body: { error: `no workflow found with id: ${id}` },
      });
    expect((await fixture.client.request("POST", "/v1/events")).status).toBe(405);
  });

  it("gets only the head for a HEAD request", async () => {
    const { workflow_id } = await fixture.createPendingTaskforce();
    for (const path of ["/v1/events", `/v1/workflows/${workflow_id}/events`]) {
      const answer = await fixture.client.request("HEAD", path);
      expect(answer).toMatchObject({
        status: 200,
        text: "",
        headers: { "content-type": "text/event-stream" },
      });
    }
    expect((await fixture.client.request("HEAD", "/v1/workflows/WF-1/events")).status).toBe(404);
  });
});

describe("a subscriber to all workflows", () => {
  it("receives each workflow's events from its creation on", async () => {
    const client = await EventClient.open(`${url}/v1/events`);
    const some = await Promise.all([
      fixture.createPendingTaskforce(),
      fixture.createPendingTaskforce(),
      fixture.createPendingTaskforce(),
    ]);
    for (const { workflow_id, taskforce_uuid } of some) {
      await client.waitForEvent("phase", { taskforce_uuid, phase: "pending-starter" });
      const { timestamp } = (await fixture.client.get(`/v1/workflows/${workflow_id}`)).body;
      const own = client.events.filter(({ data }) => data.workflow_id === workflow_id);
      expect(own[0]).toMatchObject({ event: "created", data: { workflow_id, timestamp } });
      expect(phaseSteps(own)).toEqual(["pre-mq-activation > pre-launch", "pre-launch > pending-starter"]);
    }
  });
});

describe("a resumed watch", () => {
  it("continues after any event, without lost or repeated events", async () => {
    const { taskforce_uuid, workflow_id } = await fixture.createPendingTaskforce();
    const witness = await EventClient.open(pathOf(workflow_id));
    const ofAll = await EventClient.open(`${url}/v1/events`);
    await post(`/v1/tms/condor-complete/taskforces/${taskforce_uuid}`, { condor_complete_ts: 1 });
    await post(`/v1/workflows/${workflow_id}/actions/finished`);
    for (const client of [witness, ofAll])
      await client.waitForEvent("phase", { phase: "pending-stopper", was_successful: false, workflow_id });
    await fixture.createPendingTaskforce();

    const isPart = ({ event }: { event: string }) => event === "phase" || event === "deactivated";
    const withoutId = ({ event, data }: { event: string; data: unknown }) => ({ event, data });
    for (const [client, path] of [
      [witness, pathOf(workflow_id)],
      [ofAll, `${url}/v1/events`],
    ] as const) {
      const events = client.events.filter(isPart);
      expect(events.length).toBeGreaterThanOrEqual(3);
      for (const [at, { id }] of events.slice(0, -1).entries()) {
        const resumed = await EventClient.open(path, { lastId: id });
        const rest = events.slice(at + 1);
        await resumed.waitUntil("the rest", (other) => other.events.filter(isPart).length >= rest.length);
        // Concurrent events of two partitions may arrive in another order, and their ids depend on the order.
        const received = resumed.events.filter(isPart).slice(0, rest.length);
        expect(received.map(withoutId)).toEqual(rest.map(withoutId));
      }
    }
  });

  it("accepts the id as a parameter, too; the header takes precedence", async () => {
    const { taskforce_uuid, workflow_id } = await fixture.createPendingTaskforce();
    const first = await EventClient.open(pathOf(workflow_id));
    await first.waitUntil("a place to resume", ({ lastId }) => lastId !== "");
    const { lastId } = first;
    await post(`/v1/tms/condor-complete/taskforces/${taskforce_uuid}`, { condor_complete_ts: 1 });
    for (const [parameter, header] of [
      [lastId, undefined],
      ["nonsense", lastId],
    ]) {
      const resumed = await EventClient.open(`${pathOf(workflow_id)}?last_event_id=${parameter}`, {
        lastId: header,
      });
      await resumed.waitForEvent("phase", { phase: "condor-complete" });
      expect(resumed.events.map(({ event }) => event)).not.toContain("gap");
    }
  });

  it.each(["nonsense", "", "5.z", "zzzzzzzzzz.0", `0${".".repeat(16)}`])(
    "with an invalid id, %j, receives a gap, and continues from now on",
    async (lastId) => {
      const { taskforce_uuid, workflow_id } = await fixture.createPendingTaskforce();
      const client = await EventClient.open(pathOf(workflow_id), { lastId });
      await client.waitForEvent("gap");
      await post(`/v1/tms/condor-complete/taskforces/${taskforce_uuid}`, { condor_complete_ts: 1 });
      await client.waitForEvent("phase", { phase: "condor-complete" });
      expect(client.events[0]).toMatchObject({ event: "gap", data: {} });
      expect(phaseSteps(client.events)).toEqual(["pending-starter > condor-complete"]);
    },
  );
});
