import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { ExportedWorkflow } from "../../src/store/exportedWorkflow.js";
import { importWorkflow, replaceWorkflow } from "../../src/store/imports.js";
import { partitionOf, stoppingKey } from "../../src/store/keys.js";
import { readWholeWorkflow } from "../../src/store/wholeWorkflows.js";
import { purgeWithoutExport } from "../../src/transfer/purgeWorkflows.js";
import { freshStore } from "../setup/freshStore.js";
import { propertyRuns } from "../setup/propertyRuns.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { exportTo, importFrom } from "./exportAndImport.js";
import { arbitraryLife, live } from "./randomLives.js";
import { storeContents } from "./storeContents.js";

/** The lines between header and trailer. */
const linesOf = async (path: string) => (await readFile(path, "utf8")).trimEnd().split("\n").slice(1, -1);

test("an export of an import has the same lines, whatever the number of partitions", async () => {
  const folder = await temporaryFolder(onTestFinished);
  let n = 0;
  const property = fc.asyncProperty(fc.array(arbitraryLife, { minLength: 1, maxLength: 4 }), async (lives) => {
    n++;
    const { store } = await freshStore(4);
    for (const [index, life] of lives.entries()) await live(store, life, index);
    const [first, second, third] = ["a", "b", "c"].map((name) => join(folder, `${name}${n}.ndjson`)) as [
      string,
      string,
      string,
    ];
    await exportTo(store, first);

    const { store: other } = await freshStore(3);
    const counts = await importFrom(other, first);
    expect(counts).toMatchObject({ imported: lives.length, replaced: 0, unchanged: 0, rejected: 0 });
    await exportTo(other, second);
    expect(await linesOf(second)).toEqual(await linesOf(first));

    // With the same number of partitions, every key is the same.
    const { redis: thirdRedis, store: same } = await freshStore(4);
    await importFrom(same, second);
    await exportTo(same, third);
    expect(await linesOf(third)).toEqual(await linesOf(first));
    expect(await storeContents(thirdRedis)).toEqual(await storeContents(store.redis));
    expect(await importFrom(same, first)).toMatchObject({ imported: 0, replaced: 0, unchanged: lives.length });
  });
  await fc.assert(property, { numRuns: propertyRuns(60) });
}, 120_000);

test("a giant workflow that is being stopped is imported, replaced and purged", async () => {
  const { store } = await freshStore(2);
  const giant = makeWholeWorkflow(5000);
  for (const taskforce of giant.taskforces) Object.assign(taskforce, { phase: "pending-stopper", cluster_id: 7 });
  const extensions = { workflow: { n_queues: "0" }, taskforces: {}, mq_profiles: {}, deactivating: true };
  const workflow = { ...giant.workflow, deactivated: "ABORTED" as const, deactivated_ts: 1_700_000_100 };
  await importWorkflow(store, { ...giant, workflow, extensions });
  const partition = partitionOf(workflow.workflow_id, 2);
  expect(await store.redis.zcard(stoppingKey(partition))).toBe(5000);
  const path = join(await temporaryFolder(onTestFinished), "giant.ndjson");
  expect(await exportTo(store, path)).toMatchObject({ workflows: 1, taskforces: 5000 });

  const [line = ""] = await linesOf(path);
  const stored = JSON.parse(line) as ExportedWorkflow;
  const completed = stored.taskforces.map((taskforce) => ({ ...taskforce, phase: "condor-complete" as const }));
  const ended = { ...stored, taskforces: completed, extensions: { ...stored.extensions, deactivating: false } };
  await replaceWorkflow(store, stored, ended);
  expect(await store.redis.zcard(stoppingKey(partition))).toBe(0);
  expect(await store.counts.readAll()).toContainEqual({ phase: "condor-complete", schedd: "ap", count: 5000 });

  const found = await readWholeWorkflow(store, workflow.workflow_id);
  const counts = await purgeWithoutExport(found ? [found] : [], { store, isForced: false });
  expect(counts).toMatchObject({ purged: 1, taskforces: 5000 });
  expect(await storeContents(store.redis)).toEqual({});
}, 120_000);
