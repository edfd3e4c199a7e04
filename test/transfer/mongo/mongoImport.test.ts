import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Db, MongoClient } from "mongodb";
import { describe, expect, onTestFinished, test } from "vitest";
import { PHASES } from "../../../src/domain/phases.js";
import { type ExportedWorkflow, toExported } from "../../../src/store/exportedWorkflow.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { readWholeWorkflow } from "../../../src/store/wholeWorkflows.js";
import { admin } from "../../admin/runAdmin.js";
import { freshDatabase } from "../../setup/database.js";
import { temporaryFolder } from "../../setup/temporaryFolder.js";
import { openRedis } from "../../setup/testRedis.js";
import { byCollection, makeDocuments, type StoredDocuments } from "./mongoDocuments.js";
import { makeArchive, writeDumpFolder, writeExtendedJson } from "./writeDumps.js";

async function openDatabase(): Promise<{ url: string; store: Store }> {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  return { url, store: await openStore(redis, { partitions: 16 }) };
}

/** The documents of a workflow as the API shows them. */
async function readDocuments(store: Store, { workflow }: StoredDocuments): Promise<ExportedWorkflow> {
  const stored = await readWholeWorkflow(store, workflow["workflow_id"] as never);
  if (stored === undefined) throw new Error(`${workflow["workflow_id"]} is not stored`);
  return await toExported(stored);
}

const LIVES: StoredDocuments[] = [
  makeDocuments(PHASES.filter((phase) => phase !== "pending-stopper" && phase !== "condor-rm")),
  makeDocuments(["pending-stopper", "condor-rm", "condor-complete"], 1_700_000_100.5),
  makeDocuments(["pre-mq-activation", "pre-mq-activation"], 1_600_000_000),
];

test.each<[string, (folder: string) => Promise<string>]>([
  ["a folder of mongodump", async (folder) => writeDumpFolder(folder, LIVES, false).then(() => folder)],
  ["a compressed one", async (folder) => writeDumpFolder(folder, LIVES, true).then(() => join(folder, "WMS_DB"))],
  [
    "an archive",
    async (folder) =>
      writeFile(join(folder, "wms.archive"), makeArchive(LIVES)).then(() => join(folder, "wms.archive")),
  ],
  [
    "a compressed archive",
    async (folder) =>
      writeFile(join(folder, "wms.archive.gz"), gzipSync(makeArchive(LIVES))).then(() =>
        join(folder, "wms.archive.gz"),
      ),
  ],
  [
    "files of mongoexport",
    async (folder) => writeExtendedJson(folder, LIVES, { relaxed: true, isArray: false }).then(() => folder),
  ],
  [
    "files with arrays in canonical form",
    async (folder) => writeExtendedJson(folder, LIVES, { relaxed: false, isArray: true }).then(() => folder),
  ],
])("%s is imported to the letter", async (_, write) => {
  await expectImportedToTheLetter(await write(await temporaryFolder(onTestFinished)));
});

async function expectImportedToTheLetter(source: string, env: Record<string, string> = {}): Promise<void> {
  const { url, store } = await openDatabase();
  const rejects = join(await temporaryFolder(onTestFinished), "rejects");

  const dry = await admin(url, ["import", source, "--dry-run", "--json", "--rejects", rejects], env);
  expect(JSON.parse(dry.stdout)).toMatchObject({ imported: 3, rejected: 0, rules: {}, rejects: null });
  expect(await store.indexes.countAll("workflow")).toBe(0);

  const { code, stdout, stderr } = await admin(url, ["import", source, "--json", "--rejects", rejects], env);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ imported: 3, replaced: 0, unchanged: 0, rejected: 0, taskforces: 10 });
  expect(code).toBe(0);
  for (const documents of LIVES) {
    const { workflow, task_directives, taskforces } = await readDocuments(store, documents);
    expect(workflow).toEqual(documents.workflow);
    expect(task_directives).toEqual(documents.directives);
    expect(taskforces).toEqual(documents.taskforces);
  }

  const verified = await admin(url, ["verify", source], env);
  expect(verified.stdout).toMatch(/^0 differences: 3 workflows, 10 taskforces\nsource: 3 workflows, 10 taskforces/);
  expect(verified.code).toBe(0);
  const again = await admin(url, ["import", source, "--json", "--rejects", rejects], env);
  expect(JSON.parse(again.stdout)).toMatchObject({ imported: 0, replaced: 0, unchanged: 3, rejected: 0 });
}

/** A server on which tests may create databases: docs/operations/cutover.md says how to get one. */
const MONGODB_TEST_URL = process.env["MONGODB_TEST_URL"];

describe.skipIf(MONGODB_TEST_URL === undefined)("a running MongoDB (needs MONGODB_TEST_URL)", () => {
  /** Stores documents in a database of its own. @returns its address */
  async function fillDatabase(workflows: readonly StoredDocuments[]): Promise<{ address: string; database: Db }> {
    const client = await new MongoClient(MONGODB_TEST_URL as string).connect();
    const name = `wms_test_${randomUUID()}`;
    const database = client.db(name);
    onTestFinished(async () => {
      await database.dropDatabase();
      await client.close();
    });
    for (const [collection, documents] of Object.entries(byCollection(workflows)))
      await database.collection(collection).insertMany(structuredClone(documents));
    const address = new URL(MONGODB_TEST_URL as string);
    address.pathname = `/${name}`;
    return { address: address.href, database };
  }

  test("is imported to the letter", async () => {
    await expectImportedToTheLetter((await fillDatabase(LIVES)).address);
  });

  test("may have its address in a setting", async () => {
    await expectImportedToTheLetter("-", { MONGODB_URL: (await fillDatabase(LIVES)).address });
  });

  test("is read while workflows are created", async () => {
    const { url, store } = await openDatabase();
    const first = Array.from({ length: 300 }, (_, n) => makeDocuments(["pending-starter"], 1_700_000_000 + n));
    const { address, database } = await fillDatabase(first);
    const later = Array.from({ length: 100 }, (_, n) => makeDocuments(["condor-submit"], 1_700_001_000 + n));
    const created = (async () => {
      for (const workflow of later)
        for (const [collection, documents] of Object.entries(byCollection([workflow])))
          await database.collection(collection).insertMany(structuredClone(documents));
    })();
    const rejects = join(await temporaryFolder(onTestFinished), "rejects");
    const during = await admin(url, ["import", address, "--json", "--rejects", rejects]);
    await created;
    const { imported, rejected } = JSON.parse(during.stdout) as { imported: number; rejected: number };
    expect(imported).toBeGreaterThanOrEqual(300);
    expect(rejected).toBe(0);
    await admin(url, ["import", address, "--rejects", rejects]);
    expect(await store.indexes.countAll("workflow")).toBe(400);
    expect((await admin(url, ["verify", address])).stdout).toMatch(/^0 differences/);
  });
});

test("a MongoDB that cannot be reached is named without its password", async () => {
  const { url } = await openDatabase();
  const address = "mongodb://user:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200";
  const { code, stderr } = await admin(url, ["import", "-"], { MONGODB_URL: address });
  expect([code, stderr]).toEqual([5, expect.stringContaining("MongoDB at 127.0.0.1:1: ")]);
  expect(stderr).not.toContain("secret");
  const unset = await admin(url, ["import", "-"]);
  expect([unset.code, unset.stderr]).toEqual([2, "ewms-admin: MONGODB_URL: must be set for the source -\n"]);
});

test("a repeated import takes what has changed in the source, and nothing that has changed here", async () => {
  const { url, store } = await openDatabase();
  const folder = await temporaryFolder(onTestFinished);
  const rejects = join(folder, "rejects");
  const [changed, same, ahead] = [1, 2, 3].map((n) => makeDocuments(["pending-starter"], 1_700_000_000 + n)) as [
    StoredDocuments,
    StoredDocuments,
    StoredDocuments,
  ];
  const added = makeDocuments(["condor-submit"], 1_700_000_004);
  const importAll = async (all: StoredDocuments[]) => {
    const dump = await temporaryFolder(onTestFinished);
    await writeDumpFolder(dump, all, false);
    return admin(url, ["import", dump, "--json", "--rejects", rejects]);
  };
  await importAll([changed, same, ahead]);

  // The TMS of the existing service goes on.
  const [taskforce = {}] = changed.taskforces;
  Object.assign(taskforce, {
    phase: "condor-submit",
    cluster_id: 17,
    job_event_log_fpath: "/log",
    submit_dict: { a: 1 },
    compound_statuses: { IDLE: { null: 4 } },
  });
  (taskforce["phase_change_log"] as object[]).push({
    target_phase: "condor-submit",
    timestamp: 1_700_000_500.25,
    was_successful: true,
    source_event_time: null,
    source_entity: "TMS",
    context: "",
  });
  // And something happens here that the source does not know.
  await store.transitions.deactivate(ahead.workflow["workflow_id"] as never, "ABORTED", 1_700_000_600);
  const { code, stdout } = await importAll([changed, same, ahead, added]);
  expect(JSON.parse(stdout)).toMatchObject({ imported: 1, replaced: 1, unchanged: 1, rejected: 1, taskforces: 2 });
  expect(code).toBe(1);
  expect((await readDocuments(store, changed)).taskforces).toEqual(changed.taskforces);
  expect((await readDocuments(store, ahead)).workflow.deactivated).toBe("ABORTED");
  expect(await store.counts.readAll()).toEqual(
    expect.arrayContaining([
      { phase: "pending-starter", schedd: "ap", count: 2 },
      { phase: "condor-submit", schedd: "ap", count: 2 },
    ]),
  );
});
