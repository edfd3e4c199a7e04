import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { PHASES } from "../../../src/domain/phases.js";
import { type ExportedWorkflow, exportedJson, exportedParts } from "../../../src/store/exportedWorkflow.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { readWholeWorkflow } from "../../../src/store/wholeWorkflows.js";
import { admin } from "../../admin/runAdmin.js";
import { freshDatabase } from "../../setup/database.js";
import { temporaryFolder } from "../../setup/temporaryFolder.js";
import { openRedis } from "../../setup/testRedis.js";
import { makeDocuments, type StoredDocuments } from "./mongoDocuments.js";
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
  return JSON.parse(exportedJson(exportedParts(stored))) as ExportedWorkflow;
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
  const { url, store } = await openDatabase();
  const source = await write(await temporaryFolder(onTestFinished));
  const rejects = join(await temporaryFolder(onTestFinished), "rejects");

  const dry = await admin(url, ["import", source, "--dry-run", "--json", "--rejects", rejects]);
  expect(JSON.parse(dry.stdout)).toMatchObject({ imported: 3, rejected: 0, rules: {}, rejects: null });
  expect(await store.indexes.countAll("workflow")).toBe(0);

  const { code, stdout, stderr } = await admin(url, ["import", source, "--json", "--rejects", rejects]);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({ imported: 3, replaced: 0, unchanged: 0, rejected: 0, taskforces: 10 });
  expect(code).toBe(0);
  for (const documents of LIVES) {
    const { workflow, task_directives, taskforces } = await readDocuments(store, documents);
    expect(workflow).toEqual(documents.workflow);
    expect(task_directives).toEqual(documents.directives);
    expect(taskforces).toEqual(documents.taskforces);
  }

  const verified = await admin(url, ["verify", source]);
  expect(verified.stdout).toMatch(/^0 differences in 3 workflows \(10 taskforces\); 3 workflows of the source/);
  expect(verified.code).toBe(0);
  const again = await admin(url, ["import", source, "--json", "--rejects", rejects]);
  expect(JSON.parse(again.stdout)).toMatchObject({ imported: 0, replaced: 0, unchanged: 3, rejected: 0 });
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
