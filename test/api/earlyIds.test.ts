import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { earlyIdsKey } from "../../src/store/keys.js";
import { admin } from "../admin/runAdmin.js";
import { runCli } from "../cli/runCli.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { openRedis } from "../setup/testRedis.js";
import { makeEarlyDocuments } from "../transfer/mongo/earlyDocuments.js";
import { makeDocuments } from "../transfer/mongo/mongoDocuments.js";
import { writeDumpFolder } from "../transfer/mongo/writeDumps.js";
import { EventClient } from "../views/events/eventClient.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { submitReport } from "./requestBodies.js";

/** A workflow of an early version of the existing service, without message queues. */
function makeEarly(...parameters: Parameters<typeof makeEarlyDocuments>) {
  const documents = makeEarlyDocuments(...parameters);
  for (const directive of documents.directives) Object.assign(directive, { input_queues: [], output_queues: [] });
  const { workflow, directives, taskforces } = documents;
  return {
    documents,
    workflow_id: String(workflow["workflow_id"]),
    task_id: String(directives[0]?.["task_id"]),
    uuids: taskforces.map(({ taskforce_uuid }) => String(taskforce_uuid)),
  };
}

describe("a service on workflows with ids of 32 hexadecimal digits", () => {
  let fixture: ApiFixture;
  let client: ApiFixture["client"];
  let folder: string;
  const pending = makeEarly(["pending-starter"], 1_700_000_000, "schedd-0");
  const running = makeEarly(["condor-submit", "condor-submit"], 1_700_000_100, "schedd-1");
  const ended = makeEarly(["condor-complete"], 1_700_000_200, "schedd-2");
  const recent = makeDocuments(["condor-complete"], 1_700_000_300, "schedd-2");
  const uuid = running.uuids[0] as string;

  beforeAll(async () => {
    const cleanUps: (() => Promise<void>)[] = [];
    folder = await temporaryFolder((remove) => void cleanUps.push(remove));
    const url = await freshDatabase();
    const dump = join(folder, "dump");
    await writeDumpFolder(dump, [...[pending, running, ended].map(({ documents }) => documents), recent], false);
    const { stdout } = await admin(url, ["import", dump, "--rejects", join(folder, "rejects")]);
    expect(stdout).toMatch(/^4 workflows imported, .* 0 rejected$/m);
    expect((await admin(url, ["verify", dump])).stdout).toMatch(/^0 differences: 4 workflows, 5 taskforces\n/);
    fixture = await startApiFixture({ REDIS_URL: url, STORE_PARTITIONS: "16" });
    client = fixture.client;
    return async () => {
      await fixture.close();
      for (const cleanUp of cleanUps) await cleanUp();
    };
  });

  test("each is found by its id, and is as it was", async () => {
    const { documents, workflow_id, task_id } = running;
    expect((await client.get(`/v1/workflows/${workflow_id}`)).body).toEqual(documents.workflow);
    expect((await client.get(`/v1/task-directives/${task_id}`)).body).toEqual(documents.directives[0]);
    expect((await client.get(`/v1/taskforces/${uuid}`)).body).toEqual(documents.taskforces[0]);
  });

  test.each<[string, string, object, () => string[]]>([
    ["workflows by id", "workflows", { workflow_id: ended.workflow_id }, () => [ended.workflow_id]],
    ["task directives by workflow", "task_directives", { workflow_id: ended.workflow_id }, () => [ended.task_id]],
    ["taskforces by workflow", "taskforces", { workflow_id: running.workflow_id }, () => running.uuids],
    ["taskforces by task", "taskforces", { task_id: { $eq: running.task_id } }, () => running.uuids],
    ["a list of ids", "taskforces", { taskforce_uuid: { $in: [uuid, ended.uuids[0]] } }, () => [uuid, ...ended.uuids]],
    ["alternatives", "taskforces", { $or: [{ taskforce_uuid: uuid }, { cluster_id: -1 }] }, () => [uuid]],
    ["a pattern", "taskforces", { taskforce_uuid: { $regex: uuid } }, () => [uuid]],
    ["all but one", "taskforces", { taskforce_uuid: { $nin: running.uuids }, schedd: "schedd-1" }, () => []],
    [
      "old and new ids",
      "taskforces",
      { workflow_id: { $in: [ended.workflow_id, recent.workflow["workflow_id"]] } },
      () => [...ended.uuids, String(recent.taskforces[0]?.["taskforce_uuid"])],
    ],
    ["an unknown id", "taskforces", { taskforce_uuid: "0".repeat(32) }, () => []],
  ])("a query finds %s", async (_, list, query, expected) => {
    const { body, reason } = await client.post(`/v1/query/${list.replace("_", "-")}`, { query });
    const idField = list === "workflows" ? "workflow_id" : list === "taskforces" ? "taskforce_uuid" : "task_id";
    expect([reason, body[list].map((found: Record<string, string>) => found[idField])]).toEqual(["OK", expected()]);
  });

  test("a query with too many such ids is refused", async () => {
    const $in = Array.from({ length: 1001 }, (_, n) => n.toString(16).padStart(32, "0"));
    const { status, reason } = await client.post("/v1/query/taskforces", { query: { taskforce_uuid: { $in } } });
    expect([status, reason]).toEqual([
      400,
      "query: has 1001 values of 32 hexadecimal digits, of which at most 1000 are allowed",
    ]);
  });

  test("extensions show the same ids", async () => {
    const { workflow_id, task_id } = running;
    const summary = await client.get(`/v1/workflows/${workflow_id}/summary`);
    expect(summary.body).toMatchObject({ workflow_id, tasks: [{ task_id }] });
    const diagnosis = await client.get(`/v1/taskforces/${uuid}/diagnosis`);
    expect([diagnosis.status, diagnosis.text.includes("00000000-")]).toEqual([200, false]);
  });

  test("the command line finds them", async () => {
    const { documents, workflow_id, task_id } = running;
    const run = (...args: string[]) => runCli(args, { env: { EWMS_URL: fixture.service.url } });
    for (const [id, document] of [
      [workflow_id, documents.workflow],
      [task_id, documents.directives[0]],
      [uuid, documents.taskforces[0]],
    ] as const)
      expect(JSON.parse((await run("get", id)).stdout)).toEqual(document);
    expect((await run("ids", workflow_id)).stdout.trim().split("\n")).toEqual([task_id, ...running.uuids]);
    expect((await run("why", workflow_id)).stdout).toMatch(new RegExp(`^${workflow_id} is `));
  });

  test("the TMS starts one, and reports by its uuid", async () => {
    const [pendingUuid = ""] = pending.uuids;
    const { body } = await client.get("/v1/tms/pending-starter/taskforces?schedd=schedd-0");
    expect(body.taskforce).toMatchObject({ taskforce_uuid: pendingUuid, workflow_id: pending.workflow_id });
    expect(body.task_directive).toEqual(pending.documents.directives[0]);
    const submitted = await client.post(`/v1/tms/condor-submit/taskforces/${pendingUuid}`, submitReport());
    expect(submitted.body).toEqual({ taskforce_uuid: pendingUuid });
    expect(await fixture.readTaskforce(pendingUuid)).toMatchObject({ phase: "condor-submit" });
  });

  test("statuses are recorded by uuid", async () => {
    const unknown = "f".repeat(32);
    const compound_statuses_by_taskforce = { [uuid]: { RUNNING: { Tasking: 3 } }, [unknown]: { IDLE: { null: 1 } } };
    const { body } = await client.post("/v1/tms/statuses/taskforces", { compound_statuses_by_taskforce });
    expect(body.results).toEqual([
      { uuid: unknown, status: "failed", error: "no taskforce found with uuid" },
      { uuid, status: "updated" },
    ]);
    expect((await fixture.readTaskforce(uuid)).compound_statuses).toEqual({ RUNNING: { Tasking: 3 } });
  });

  test("workers are added, the workflow is aborted, and its events name it", async () => {
    const { workflow_id, task_id } = running;
    const events = await EventClient.open(`${fixture.service.url}/v1/workflows/${workflow_id}/events`);
    const added = await client.post(`/v1/task-directives/${task_id}/actions/add-workers`, {
      cluster_location: "pool-1",
      n_workers: 2,
    });
    expect(added.body).toMatchObject({ workflow_id, task_id });
    const aborted = await client.post(`/v1/workflows/${workflow_id}/actions/abort`);
    expect(aborted.body).toMatchObject({ workflow_id });
    await events.waitForEvent("deactivated", { workflow_id, deactivated: "ABORTED" });
    await events.waitForEvent("phase", { workflow_id, task_id, taskforce_uuid: uuid, phase: "pending-stopper" });
    const { body } = await client.get("/v1/tms/pending-stopper/taskforces?schedd=schedd-1");
    expect(running.uuids).toContain(body.taskforce_uuid);
  });

  test("an unknown one is not found, by the id that was sent", async () => {
    const unknown = "e".repeat(32);
    for (const [path, reason] of [
      [`workflows/${unknown}`, `no workflow found with id: ${unknown}`],
      [`task-directives/${unknown}`, `no task found with id: ${unknown}`],
      [`taskforces/${unknown}`, `no taskforce found with uuid: ${unknown}`],
    ])
      expect(await client.get(`/v1/${path}`)).toMatchObject({ status: 404, reason });
  });

  test("an export shows them, an import of it changes nothing, and a purge leaves a tombstone", async () => {
    const { redisUrl } = fixture.service;
    const { workflow_id, documents, uuids } = ended;
    const file = join(folder, "ended.ndjson");
    expect((await admin(redisUrl, ["export", file, "--workflow", workflow_id])).code).toBe(0);
    const [header = "", line = ""] = (await readFile(file, "utf8")).split("\n");
    expect(JSON.parse(header).filter.workflow_ids).toEqual([workflow_id]);
    const exported = JSON.parse(line);
    expect(exported).toMatchObject({
      workflow: documents.workflow,
      task_directives: documents.directives,
      taskforces: documents.taskforces,
    });
    expect(Object.keys(exported.extensions.taskforces)).toEqual(uuids);
    const rejects = join(folder, "rejects");
    const importFile = () => admin(redisUrl, ["import", file, "--workflow", workflow_id, "--rejects", rejects]);
    expect((await importFile()).stdout).toMatch(/^0 workflows imported, 0 replaced \(0 taskforces\), 1 unchanged/);

    const redis = openRedis(redisUrl);
    onTestFinished(() => redis.disconnect());
    const countEarlyIds = async () =>
      (await Promise.all(Array.from({ length: 16 }, (_, partition) => redis.hlen(earlyIdsKey(partition))))).reduce(
        (sum, count) => sum + count,
      );
    const before = await countEarlyIds();
    expect((await admin(redisUrl, ["purge", "--workflow", workflow_id, "--export", file])).code).toBe(0);
    expect(await countEarlyIds()).toBe(before - 3);
    const { reason } = await client.get(`/v1/workflows/${workflow_id}`);
    expect(reason).toMatch(
      new RegExp(`^no workflow found with id: ${workflow_id}: archived on [-\\d]+ in ended.ndjson$`),
    );
    expect((await importFile()).stdout).toMatch(/^1 workflows imported/);
    expect((await client.get(`/v1/taskforces/${uuids[0]}`)).body).toEqual(documents.taskforces[0]);
  });
});

test("early and later ids within one workflow are rejected with the reason", async () => {
  const folder = await temporaryFolder(onTestFinished);
  const { documents } = makeEarly(["condor-submit"]);
  Object.assign(documents.taskforces[0] as object, { taskforce_uuid: "TF-1-00000000-00000000-00000000" });
  const dump = join(folder, "dump");
  await writeDumpFolder(dump, [documents], false);
  const rejects = join(folder, "rejects");
  const { code, stdout } = await admin(await freshDatabase(), ["import", dump, "--rejects", rejects]);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^0 workflows imported, .* 1 rejected$/m)]);
  expect(JSON.parse(await readFile(rejects, "utf8"))).toMatchObject({
    workflow_id: documents.workflow["workflow_id"],
    reason: "taskforce_uuid: TF-1-00000000-00000000-00000000 does not contain the id of its workflow",
  });
});

test("a store with a wrong early id is not verified", async () => {
  const url = await freshDatabase();
  const dump = join(await temporaryFolder(onTestFinished), "dump");
  const { documents, uuids } = makeEarly(["condor-complete"]);
  await writeDumpFolder(dump, [documents], false);
  await admin(url, ["import", dump]);
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  const partitions = Array.from({ length: 16 }, (_, partition) => earlyIdsKey(partition));
  for (const key of partitions) await redis.hdel(key, uuids[0] as string);
  const { code, stdout } = await admin(url, ["verify"]);
  expect([code, stdout]).toEqual([
    1,
    expect.stringContaining(`the early id ${uuids[0]} stands for nothing instead of `),
  ]);
});
