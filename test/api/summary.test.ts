import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HistoryResponse } from "../../src/domain/history.js";
import type { SummaryResponse } from "../../src/domain/summary.js";
import { type ApiFixture, type ScheddLocation, startApiFixture } from "./apiFixture.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ TMS_RETRY_WAIT: "0", TMS_ACTION_RETRIES: "1" });
});
afterAll(() => fixture.close());

const summaryOf = async (workflow: string): Promise<SummaryResponse> => {
  const { status, body } = await fixture.client.get<SummaryResponse>(`/v1/workflows/${workflow}/summary`);
  expect(status).toBe(200);
  return body;
};

const post = async (path: string, body?: unknown): Promise<void> => {
  expect((await fixture.client.post(path, body)).status).toBe(200);
};

/** Creates a workflow of different tasks at all locations, and waits until its taskforces are pending-starter. */
async function createPendingTasks(count: number, places: readonly ScheddLocation[]): Promise<CreatedWorkflow> {
  const tasks = Array.from({ length: count }, (_, n) =>
    makeTaskRequest("", {
      task_args: `part ${n}`,
      cluster_locations: places.map(({ location }) => location),
      n_workers: 10,
    }),
  );
  const { body } = await fixture.client.post<CreatedWorkflow>("/v1/workflows", makeWorkflowRequest(tasks));
  const { workflow_id } = body.workflow;
  await expect
    .poll(async () => (await summaryOf(workflow_id)).taskforces_by_phase, { timeout: 10_000 })
    .toEqual({ "pending-starter": count * places.length });
  return body;
}

/** Leases a schedd's next taskforce. */
async function leaseTaskforce({ schedd }: ScheddLocation): Promise<string> {
  const { body } = await fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${schedd}`);
  return body.taskforce.taskforce_uuid;
}

/** Leases a schedd's next taskforce and reports its submission. */
async function submitNext(place: ScheddLocation): Promise<string> {
  const uuid = await leaseTaskforce(place);
  await post(`/v1/tms/condor-submit/taskforces/${uuid}`, submitReport());
  return uuid;
}

async function failNextSubmit(place: ScheddLocation, error: string): Promise<string> {
  const uuid = await leaseTaskforce(place);
  await post(`/v1/tms/condor-submit/taskforces/${uuid}/failed`, { error });
  return uuid;
}

describe("GET /v1/workflows/{workflow_id}/summary", () => {
  it("sums up all taskforces, and those of each task in the order of the request", async () => {
    const [here, there] = [fixture.nextLocation(), fixture.nextLocation()];
    const { workflow, task_directives, taskforces } = await createPendingTasks(2, [here, there]);
    const submitted = await submitNext(here);
    await post("/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: { [submitted]: { RUNNING: { Tasking: 6 }, IDLE: { null: 1 } } },
      top_task_errors_by_taskforce: { [submitted]: { OOM: 3 } },
    });

    const summary = await summaryOf(workflow.workflow_id);
    expect(summary).toMatchObject({
      workflow_id: workflow.workflow_id,
      deactivated: null,
      deactivated_ts: null,
      n_taskforces: 4,
      taskforces_by_phase: { "pending-starter": 3, "condor-submit": 1 },
      n_workers_requested: 10 + 10 + 10 + 7,
      compound_statuses: { RUNNING: { Tasking: 6 }, IDLE: { null: 1 } },
      top_task_errors: { OOM: 3 },
      n_failed_attempts: 0,
      failed_attempts: [],
    });
    expect(summary.tasks.map(({ task_id }) => task_id)).toEqual(task_directives.map(({ task_id }) => task_id));
    const of = taskforces.findIndex(({ taskforce_uuid }) => taskforce_uuid === submitted);
    const [one, other] = of < 2 ? summary.tasks : [...summary.tasks].reverse();
    expect(one).toMatchObject({
      task_image: makeTaskRequest("").task_image,
      n_taskforces: 2,
      taskforces_by_phase: { "pending-starter": 1, "condor-submit": 1 },
      n_workers_requested: 17,
      compound_statuses: { RUNNING: { Tasking: 6 }, IDLE: { null: 1 } },
      top_task_errors: { OOM: 3 },
    });
    expect(other).toMatchObject({
      n_taskforces: 2,
      taskforces_by_phase: { "pending-starter": 2 },
      n_workers_requested: 20,
      compound_statuses: {},
      top_task_errors: {},
    });
  });

  it("includes all earlier reports", async () => {
    const place = fixture.nextLocation();
    const { workflow } = await createPendingTasks(1, [place]);
    const uuid = await submitNext(place);
    expect((await summaryOf(workflow.workflow_id)).taskforces_by_phase).toEqual({ "condor-submit": 1 });
    for (const running of [1, 2, 3, 4, 5]) {
      const before = Date.now() / 1000;
      await post("/v1/tms/statuses/taskforces", {
        compound_statuses_by_taskforce: { [uuid]: { RUNNING: { Tasking: running } } },
      });
      const { compound_statuses, last_change, updated } = await summaryOf(workflow.workflow_id);
      expect(compound_statuses).toEqual({ RUNNING: { Tasking: running } });
      expect(last_change).toBeGreaterThanOrEqual(before);
      expect(updated).toBeGreaterThanOrEqual(last_change ?? 0);
    }
    await post(`/v1/workflows/${workflow.workflow_id}/actions/abort`);
    expect(await summaryOf(workflow.workflow_id)).toMatchObject({
      deactivated: "ABORTED",
      deactivated_ts: expect.any(Number),
      taskforces_by_phase: { "pending-stopper": 1 },
      n_workers_requested: 0,
    });
  });

  it("measures the time in each phase, of current and of earlier taskforces", async () => {
    const place = fixture.nextLocation();
    const { workflow, taskforces } = await createPendingTasks(2, [place]);
    const uuid = await submitNext(place);
    const log = (await fixture.readTaskforce(uuid)).phase_change_log;
    const [created = 0, launching = 0, pending = 0, submitted = 0] = log.map(({ timestamp }) => timestamp);

    const { phases, updated } = await summaryOf(workflow.workflow_id);
    expect(Object.keys(phases)).toEqual(["pre-mq-activation", "pre-launch", "pending-starter", "condor-submit"]);
    expect(phases["condor-submit"]).toMatchObject({ n: 1, oldest_since: submitted, seconds_mean_past: null });
    const running = phases["condor-submit"]?.seconds_longest ?? 0;
    expect(running).toBeGreaterThanOrEqual(updated - submitted);
    expect(phases["pending-starter"]?.n).toBe(1);
    expect(phases["pending-starter"]?.seconds_mean_past).toBeCloseTo(submitted - pending, 3);
    expect(phases["pre-mq-activation"]).toMatchObject({ n: 0, oldest_since: null, seconds_longest: 0 });
    const other = taskforces.find(({ taskforce_uuid }) => taskforce_uuid !== uuid)?.taskforce_uuid ?? "";
    const logOfOther = (await fixture.readTaskforce(other)).phase_change_log;
    const [createdToo = 0, launchingToo = 0] = logOfOther.map(({ timestamp }) => timestamp);
    expect(phases["pre-mq-activation"]?.seconds_mean_past).toBeCloseTo(
      (launching - created + launchingToo - createdToo) / 2,
      3,
    );
  });

  it("lists the newest failed attempts with their reasons, and counts them all", async () => {
    const places = Array.from({ length: 12 }, () => fixture.nextLocation());
    const { workflow } = await createPendingTasks(1, places);
    const failed: { taskforce_uuid: string; schedd: string; context: string }[] = [];
    for (const [n, place] of [...places, ...places].entries()) {
      const taskforce_uuid = await failNextSubmit(place, `failure ${n}`);
      failed.unshift({ taskforce_uuid, schedd: place.schedd, context: `ERROR: failure ${n}` });
    }
    const { n_failed_attempts, failed_attempts } = await summaryOf(workflow.workflow_id);
    expect(n_failed_attempts).toBe(24);
    expect(failed_attempts).toHaveLength(20);
    expect(failed_attempts).toMatchObject(
      failed.slice(0, 20).map((each) => ({ ...each, target_phase: "condor-submit", source_entity: "TMS" })),
    );
  });

  it.each(["WF-1", "WF-00000000-00000000"])("is a 404 for %s", async (id) => {
    expect(await fixture.client.get(`/v1/workflows/${id}/summary`)).toMatchObject({
      status: 404,
      body: { error: `no workflow found with id: ${id}` },
    });
  });
});

describe("a summary states in one sentence what the workflow is waiting for:", () => {
  const waitingFor = async ({ workflow }: CreatedWorkflow) => (await summaryOf(workflow.workflow_id)).waiting_for;

  it("schedds that have not leased its taskforces", async () => {
    const [here, there] = [fixture.nextLocation(), fixture.nextLocation()];
    const created = await createPendingTasks(2, [here, there]);
    await submitNext(here);
    await submitNext(here);
    expect(await waitingFor(created)).toMatch(
      new RegExp(
        `^2 of 4 taskforces are waiting for schedd ${there.schedd}, longest \\d+ s; no TMS has asked for work there yet$`,
      ),
    );
    await submitNext(there);
    await failNextSubmit(there, "no space\n left.");
    expect(await waitingFor(created)).toMatch(
      new RegExp(
        `^1 of 4 taskforces is waiting for schedd ${there.schedd}, for \\d+ s, after a failed submission: no space left$`,
      ),
    );
    await submitNext(there);
    expect(await waitingFor(created)).toBe(null);
  });

  it("an operator's retry of dead letters", async () => {
    const place = fixture.nextLocation();
    const created = await createPendingTasks(1, [place]);
    for (const error of ["no space", "Failed to connect"]) await failNextSubmit(place, error);
    expect(await waitingFor(created)).toBe(
      `1 taskforce was given up at schedd ${place.schedd} after 2 failed submissions: Failed to connect; ` +
        "an operator can retry it",
    );
  });

  it("free workers in the pools, as long as no worker runs", async () => {
    const place = fixture.nextLocation();
    const created = await createPendingTasks(2, [place]);
    const uuids = [await submitNext(place), await submitNext(place)];
    expect(await waitingFor(created)).toBe(null);
    const report = async (...statuses: object[]) => {
      await post("/v1/tms/statuses/taskforces", {
        compound_statuses_by_taskforce: Object.fromEntries(uuids.map((uuid, n) => [uuid, statuses[n]])),
      });
      return waitingFor(created);
    };
    expect(await report({ IDLE: { null: 90 } }, { IDLE: { null: 10 } })).toBe("all 100 workers are idle");
    expect(await report({ IDLE: { null: 90 } }, { "HELD: disk": { null: 9, FatalError: 1 } })).toBe(
      "90 of 100 workers are idle, 10 are held: disk",
    );
    expect(await report({ HELD: { null: 1 } }, {})).toBe("the only worker is held");
    expect(await report({ IDLE: { null: 99 } }, { RUNNING: { Tasking: 1 } })).toBe(null);
  });

  it("the removal of its clusters once it is deactivated, and what never started afterwards", async () => {
    const place = fixture.nextLocation();
    const created = await createPendingTasks(3, [place]);
    await submitNext(place);
    await submitNext(place);
    await post(`/v1/workflows/${created.workflow.workflow_id}/actions/finished`);
    expect(await waitingFor(created)).toMatch(
      new RegExp(`^2 HTCondor clusters are waiting to be removed by schedd ${place.schedd}, longest \\d+ s$`),
    );
    const next = async () =>
      (await fixture.client.get(`/v1/tms/pending-stopper/taskforces?schedd=${place.schedd}`)).body.taskforce_uuid;
    const uuid = await next();
    await post(`/v1/tms/condor-rm/taskforces/${uuid}/failed`, { error: "schedd is down" });
    expect(await waitingFor(created)).toContain(", which failed: schedd is down");
    for (const each of [await next(), await next()]) await post(`/v1/tms/condor-rm/taskforces/${each}`);
    expect(await waitingFor(created)).toBe("1 of 3 taskforces never started: it has nothing to stop");
  });
});

describe("GET /v1/workflows/{workflow_id}/history", () => {
  const historyOf = async (workflow: string): Promise<HistoryResponse> => {
    const { status, body } = await fixture.client.get<HistoryResponse>(`/v1/workflows/${workflow}/history`);
    expect(status).toBe(200);
    return body;
  };

  it("returns the states of the workflow over time, the newest last", async () => {
    const place = fixture.nextLocation();
    const before = Math.floor(Date.now() / 1000);
    const { workflow } = await createPendingTasks(2, [place]);
    await expect
      .poll(async () => (await historyOf(workflow.workflow_id)).samples.length, { timeout: 10_000 })
      .toBeGreaterThan(0);
    const uuid = await submitNext(place);
    await post("/v1/tms/statuses/taskforces", {
      compound_statuses_by_taskforce: {
        [uuid]: { RUNNING: { Tasking: 6, null: 1 }, "HELD: disk": { null: 2 }, COMPLETED: { Done: 5, FatalError: 1 } },
      },
      top_task_errors_by_taskforce: { [uuid]: { OOM: 3 } },
    });
    await failNextSubmit(place, "no such file");
    const newest = {
      workers: { working: 6, starting: 1, idle: 0, done: 5, failed: 1, held: 2, removed: 0, other: 0 },
      taskforces_by_phase: { "pending-starter": 1, "condor-submit": 1 },
      n_completed: 5,
      n_errors: 4,
    };
    await expect
      .poll(async () => (await historyOf(workflow.workflow_id)).samples.at(-1), { timeout: 10_000 })
      .toMatchObject(newest);
    const { workflow_id, interval, samples } = await historyOf(workflow.workflow_id);
    expect([workflow_id, interval]).toEqual([workflow.workflow_id, 30]);
    expect(samples[0]).toMatchObject({ n_completed: 0, n_errors: 0 });
    const times = samples.map(({ timestamp }) => timestamp);
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times).toEqual([...times].sort((one, other) => one - other));
  });

  it("answers 404 for an unknown workflow", async () => {
    expect((await fixture.client.get("/v1/workflows/WF-00000000-00000000/history")).status).toBe(404);
  });
});
