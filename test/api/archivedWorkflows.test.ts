import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { SystemState } from "../../src/domain/system.js";
import { RETENTION_KEY } from "../../src/store/keys.js";
import { admin } from "../admin/runAdmin.js";
import { scrape } from "../metrics/scrape.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { submitReport } from "./requestBodies.js";

/** About a microsecond: what has ended is old at once. */
const RETENTION_DAYS = "1e-11";

/** A service whose worker has removed a workflow, with the ids of what it had. */
async function startWithRemovedWorkflow(ARCHIVE_DIR: string) {
  const before = await startApiFixture();
  const place = before.nextLocation();
  const running = await before.createWorkflow(place);
  const { workflow, task_directives, taskforces } = await before.createWorkflow(place);
  const { workflow_id } = workflow;
  await before.client.post(`/v1/workflows/${workflow_id}/actions/abort`);
  const { redisUrl } = before.service;
  await before.close();
  const fixture = await startApiFixture({ REDIS_URL: redisUrl, RETENTION_DAYS, ARCHIVE_DIR });
  await waitForValue(
    "the workflow is removed",
    async () => (await fixture.client.get(`/v1/workflows/${workflow_id}`)).status,
    (status) => status === 404,
  );
  const [task_id = "", taskforce_uuid = ""] = [task_directives[0]?.task_id, taskforces[0]?.taskforce_uuid];
  return { fixture, workflow_id, task_id, taskforce_uuid, place, running: running.workflow.workflow_id };
}

const DATE = "\\d{4}-\\d\\d-\\d\\d";
const FILE = "workflows-\\d{4}-\\d\\d\\.ndjson\\.gz";

describe("a worker archives and removes workflows that have ended", () => {
  let archiveDir: string;
  let removed: Awaited<ReturnType<typeof startWithRemovedWorkflow>>;
  let fixture: ApiFixture;
  beforeAll(async () => {
    archiveDir = await temporaryFolder((remove) => void cleanUps.push(remove));
    removed = await startWithRemovedWorkflow(archiveDir);
    fixture = removed.fixture;
    return async () => {
      await fixture.close();
      for (const cleanUp of cleanUps) await cleanUp();
    };
  });
  const cleanUps: (() => Promise<void>)[] = [];

  test.each<[string, "workflow" | "task" | "taskforce", (ids: typeof removed) => string]>([
    ["a workflow", "workflow", ({ workflow_id }) => `/v1/workflows/${workflow_id}`],
    ["its summary", "workflow", ({ workflow_id }) => `/v1/workflows/${workflow_id}/summary`],
    ["its diagnosis", "workflow", ({ workflow_id }) => `/v1/workflows/${workflow_id}/diagnosis`],
    ["its events", "workflow", ({ workflow_id }) => `/v1/workflows/${workflow_id}/events`],
    ["a task directive", "task", ({ task_id }) => `/v1/task-directives/${task_id}`],
    ["a taskforce", "taskforce", ({ taskforce_uuid }) => `/v1/taskforces/${taskforce_uuid}`],
    ["the diagnosis of a taskforce", "taskforce", ({ taskforce_uuid }) => `/v1/taskforces/${taskforce_uuid}/diagnosis`],
  ])("the 404 of %s says when and where", async (_, kind, pathOf) => {
    const path = pathOf(removed);
    const { status, reason } = await fixture.client.get(path);
    const id = path.split("/")[3];
    expect(status).toBe(404);
    expect(reason).toMatch(
      new RegExp(
        `^no ${kind} found with ${kind === "taskforce" ? "uuid" : "id"}: ${id}: archived on ${DATE} in ${FILE}$`,
      ),
    );
  });

  test("so does the 404 of a request to add workers", async () => {
    const body = { cluster_location: removed.place.location, n_workers: 1 };
    const { status, reason } = await fixture.client.post(
      `/v1/task-directives/${removed.task_id}/actions/add-workers`,
      body,
    );
    expect([status, reason]).toEqual([404, expect.stringMatching(`: ${removed.task_id}: archived on ${DATE} in`)]);
  });

  test.each<[string, (ids: typeof removed) => [path: string, body?: object]]>([
    ["an abort", ({ workflow_id }) => [`/v1/workflows/${workflow_id}/actions/abort`]],
    ["a condor-rm", ({ taskforce_uuid }) => [`/v1/tms/condor-rm/taskforces/${taskforce_uuid}`]],
    ["a condor-submit", ({ taskforce_uuid }) => [`/v1/tms/condor-submit/taskforces/${taskforce_uuid}`, submitReport()]],
    ["a failure", ({ taskforce_uuid }) => [`/v1/tms/condor-submit/taskforces/${taskforce_uuid}/failed`]],
  ])("so does the 404 of %s", async (_, request) => {
    const { status, reason } = await fixture.client.post(...request(removed));
    expect([status, reason]).toEqual([404, expect.stringMatching(new RegExp(`: archived on ${DATE} in ${FILE}$`))]);
  });

  test("the system view and the metrics show the run, and that retention is not behind", async () => {
    const { body } = await fixture.client.get<SystemState>("/v1/system");
    const { retention } = body;
    const last_run = { archived: 1, removed: 1, kept: 0, is_complete: true };
    expect(retention).toMatchObject({ last_run, is_behind: false });
    expect(retention?.last_run?.at).toBe(retention?.begun);
    expect(retention?.up_to).toBe(retention?.begun);
    const seen = await scrape(fixture.service.url);
    for (const outcome of ["archived", "removed"])
      expect(seen.value("wms_retention_workflows_total", { outcome })).toBe(1);
    expect(seen.value("wms_retention_behind_seconds")).toBeLessThan(3600);
  });

  test("retention is behind a day after its last full pass, and off two hours after its last run", async () => {
    const redis = openRedis(fixture.service.redisUrl);
    onTestFinished(() => redis.disconnect());
    const begun = Number(await redis.hget(RETENTION_KEY, "begun"));
    onTestFinished(async () => void (await redis.hset(RETENTION_KEY, { begun, up_to: begun })));
    const read = async () => (await fixture.client.get<SystemState>("/v1/system")).body.retention;
    await redis.hset(RETENTION_KEY, "up_to", begun - 86_300);
    expect(await read()).toMatchObject({ is_behind: false });
    await redis.hset(RETENTION_KEY, "up_to", begun - 86_500);
    expect(await read()).toMatchObject({ is_behind: true });
    await redis.hset(RETENTION_KEY, "begun", begun - 7300);
    expect(await read()).toBeNull();
  });

  test("an unknown id is a 404 as before, and a workflow that runs is there", async () => {
    const unknown = `${removed.workflow_id.slice(0, -8)}00000000`;
    const { status, reason } = await fixture.client.get(`/v1/workflows/${unknown}`);
    expect([status, reason]).toEqual([404, `no workflow found with id: ${unknown}`]);
    expect((await fixture.client.get(`/v1/workflows/${removed.running}`)).status).toBe(200);
  });

  test("an import brings the workflow back, and its tombstone is gone", async () => {
    const { workflow_id, taskforce_uuid } = removed;
    const [file = ""] = (await readdir(archiveDir)).filter((name) => name.endsWith(".gz"));
    const rejects = join(archiveDir, "rejects");
    const { code } = await admin(fixture.service.redisUrl, ["import", join(archiveDir, file), "--rejects", rejects]);
    expect(code).toBe(0);
    expect((await fixture.client.get(`/v1/workflows/${workflow_id}`)).status).toBe(200);
    expect((await fixture.readTaskforce(taskforce_uuid)).workflow_id).toBe(workflow_id);
    const unknown = `${taskforce_uuid.slice(0, -8)}00000000`;
    const { reason } = await fixture.client.get(`/v1/taskforces/${unknown}`);
    expect(reason).toBe(`no taskforce found with uuid: ${unknown}`);
  });

  test("a purge of the admin tool writes tombstones with the name of its file", async () => {
    const { workflow_id } = removed;
    const { redisUrl } = fixture.service;
    const file = join(archiveDir, "by-hand.ndjson");
    const { code } = await admin(redisUrl, ["purge", "--workflow", workflow_id, "--export", file]);
    expect(code).toBe(0);
    const { reason } = await fixture.client.get(`/v1/workflows/${workflow_id}`);
    expect(reason).toMatch(new RegExp(`: archived on ${DATE} in by-hand\\.ndjson$`));
  });
});

test("with ARCHIVE_DIR=none a worker removes without a copy, and the 404 says so", async () => {
  const { fixture, workflow_id } = await startWithRemovedWorkflow("none");
  onTestFinished(() => fixture.close());
  const { reason } = await fixture.client.get(`/v1/workflows/${workflow_id}`);
  expect(reason).toMatch(new RegExp(`^no workflow found with id: ${workflow_id}: removed on ${DATE}$`));
});

test.each(["/proc/wms", "/proc"])("a worker does not start when it cannot write the folder %s", async (folder) => {
  await expect(startTestService({ RETENTION_DAYS: "30", ARCHIVE_DIR: folder })).rejects.toThrow(
    new RegExp(`^ARCHIVE_DIR: ${folder} cannot be written \\(E\\w+\\)$`),
  );
  // A process without workers does not write.
  const web = await startTestService({ RETENTION_DAYS: "30", ARCHIVE_DIR: folder }, undefined, { workers: false });
  await web.close();
});
