import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAX_TEXT_BYTES } from "../../src/domain/entityLimits.js";
import type { TaskRequest } from "../../src/domain/requestSchemas.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { type ApiFixture, type ScheddLocation, startApiFixture } from "./apiFixture.js";
import { makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

const LIMIT = 1024 * 1024;

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ TMS_RETRY_WAIT: "0" });
});
afterAll(() => fixture.close());

const lease = ({ schedd }: ScheddLocation) => fixture.client.get(`/v1/tms/pending-starter/taskforces?schedd=${schedd}`);
const report = (path: string, body?: unknown) => fixture.client.post(`/v1/tms/${path}`, body);
const createLeased = async () => {
  const place = fixture.nextLocation();
  const { taskforce_uuid: uuid } = await fixture.createPendingTaskforce(place);
  await lease(place);
  return { uuid, place };
};
const environmentOf = (environment: Record<string, string>): Partial<TaskRequest> => ({
  pilot_config: { tag: "latest", image_source: "cvmfs", environment, input_files: [] },
});

describe("POST /v1/workflows", () => {
  const create = (more: Partial<TaskRequest>, aliases: string[] = []) => {
    const tasks = [makeTaskRequest(fixture.nextLocation().location, more)];
    return fixture.client.post("/v1/workflows", makeWorkflowRequest(tasks, { public_queue_aliases: aliases }));
  };

  it.each<[string, Partial<TaskRequest>, string]>([
    [
      "a field of a taskforce",
      environmentOf({ A: "x".repeat(30_000_000) }),
      "tasks[0].pilot_config.environment: 30000008 bytes, at most 1048576 are stored",
    ],
    [
      "a field of a directive",
      { task_args: "ü".repeat(LIMIT / 2) },
      "tasks[0].task_args: 1048578 bytes, at most 1048576 are stored",
    ],
    [
      "several fields together",
      { task_args: "x".repeat(600_000), init_args: "x".repeat(500_000) },
      /^tasks\[0\]: 11\d{5} bytes, at most 1048576 are stored; the largest field is tasks\[0\]\.task_args with 600002$/,
    ],
    [
      "a list of aliases",
      { input_queue_aliases: Array.from({ length: 70_000 }, (_, index) => `alias number ${index}`) },
      /^tasks\[0\]\.input_queue_aliases: \d+ bytes/,
    ],
  ] as [string, Partial<TaskRequest>, string][])(
    "refuses %s that is too large, and stores nothing",
    async (_, more, expected) => {
      const query = async () => (await fixture.client.post("/v1/query/workflows", { query: {} })).body.workflows.length;
      const before = await query();
      const { status, body } = await create(more);
      expect(status).toBe(400);
      expect(body.error).toMatch(expected);
      expect(await query()).toBe(before);
    },
  );

  it("stores entities up to the limit", async () => {
    const more = { ...environmentOf({ A: "x".repeat(LIMIT - 500) }), task_args: "x".repeat(LIMIT - 500) };
    const { status, body } = await create(more);
    expect(status).toBe(200);
    const read = await fixture.client.get(`/v1/taskforces/${body.taskforces[0].taskforce_uuid}`);
    expect(read.body.pilot_config).toEqual(more.pilot_config);
  });
});

describe("a failed condor-submit with an error of 31 MB", () => {
  it("is cut, recognized when it is repeated, and leaves the taskforce readable", async () => {
    const { uuid, place } = await createLeased();
    for (const error of ["1", "2"].map((first) => first + "x".repeat(31_000_000))) {
      for (let times = 0; times < 2; times++)
        expect((await report(`condor-submit/taskforces/${uuid}/failed`, { error })).status).toBe(200);
      expect((await lease(place)).body.taskforce.taskforce_uuid).toBe(uuid);
    }
    const { phase_change_log } = await fixture.readTaskforce(uuid);
    const failures = phase_change_log.filter(({ was_successful }) => !was_successful).map(({ context }) => context);
    expect(failures).toEqual([
      expect.stringMatching(/^ERROR: 1x{8000,}… \[cut: 31000001 bytes\]$/),
      expect.stringMatching(/^ERROR: 2x{8000,}… \[cut: 31000001 bytes\]$/),
    ]);
    for (const context of failures) expect(Buffer.byteLength(context)).toBe(MAX_TEXT_BYTES);
    expect((await report(`condor-complete/taskforces/${uuid}`, { condor_complete_ts: 1_700_000_000 })).status).toBe(
      200,
    );
    expect((await fixture.readTaskforce(uuid)).phase).toBe("condor-complete");
  }, 120_000);

  it("makes a dead letter with a short reason", async () => {
    const { uuid, place } = await createLeased();
    for (let times = 0; times < 3; times++) {
      if (times > 0) await lease(place);
      const error = `${times}${"y".repeat(5_000_000)}`;
      expect((await report(`condor-submit/taskforces/${uuid}/failed`, { error })).status).toBe(200);
    }
    const redis = openRedis(fixture.service.redisUrl);
    try {
      const [key = ""] = await findKeys(redis, `*starter-${place.schedd}:${uuid}`);
      const reason = await redis.hget(key, "failedReason");
      expect(reason?.length).toBeGreaterThan(8000);
      expect(reason?.length).toBeLessThanOrEqual(MAX_TEXT_BYTES);
    } finally {
      redis.disconnect();
    }
  });
});

it("a failed condor-rm is cut too", async () => {
  const { taskforce_uuid: uuid } = await fixture.createTaskforceInPhase("pending-stopper");
  await report(`condor-rm/taskforces/${uuid}/failed`, { error: "é".repeat(15_000_000) });
  const { phase_change_log } = await fixture.readTaskforce(uuid);
  expect(phase_change_log.at(-1)?.context).toMatch(/^ERROR: é{4000,}… \[cut: 30000000 bytes\]$/);
});

it("a condor-submit is cut, and its path is found", async () => {
  const { uuid } = await createLeased();
  const job_event_log_fpath = `/scratch/${"d/".repeat(5_000_000)}`;
  const submit_dict = { executable: "/bin/pilot", environment: "x".repeat(15_000_000), queue: 7 };
  const body = { ...submitReport(), job_event_log_fpath, submit_dict };
  expect((await report(`condor-submit/taskforces/${uuid}`, body)).status).toBe(200);
  expect((await report(`condor-submit/taskforces/${uuid}`, body)).status).toBe(200);
  const stored = await fixture.readTaskforce(uuid);
  expect(stored.phase).toBe("condor-submit");
  expect(stored.submit_dict).toMatchObject({ executable: "/bin/pilot", queue: 7, "[cut]": /^1 of 3/ });
  expect(stored.job_event_log_fpath).toMatch(/^\/scratch\/[d/]{8000,}… \[cut: 10000009 bytes\]$/);
  const found = await fixture.client.post("/v1/query/taskforces", {
    query: { job_event_log_fpath: stored.job_event_log_fpath },
    projection: ["taskforce_uuid"],
  });
  expect(found.body.taskforces).toEqual([{ taskforce_uuid: uuid }]);
});

it("200,000 errors of a taskforce are cut to the 1,000 most frequent", async () => {
  const { uuid } = await createLeased();
  const errors = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`error ${index}`, index]));
  const response = await report("statuses/taskforces", {
    top_task_errors_by_taskforce: { [uuid]: errors },
    compound_statuses_by_taskforce: { [uuid]: { ["x".repeat(2_000_000)]: { a: 1 }, IDLE: { b: 2 } } },
  });
  expect(response).toMatchObject({ status: 200, body: { results: [{ uuid, status: "updated" }] } });
  const { top_task_errors, compound_statuses } = await fixture.readTaskforce(uuid);
  const counts = Object.values(top_task_errors);
  expect([counts.length, Math.min(...counts), Math.max(...counts)]).toEqual([1000, 199_000, 199_999]);
  expect(compound_statuses).toEqual({ IDLE: { b: 2 } });
});
