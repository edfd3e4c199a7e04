import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { decodeHistory } from "../../src/domain/historyText.js";
import type { WorkflowId } from "../../src/domain/ids.js";
import { historyKey, partitionOf } from "../../src/store/keys.js";
import type { Store } from "../../src/store/store.js";
import { compareSource } from "../../src/transfer/compareSource.js";
import { readExportSource } from "../../src/transfer/exportSource.js";
import { importWorkflows } from "../../src/transfer/importWorkflows.js";
import { purgeExported } from "../../src/transfer/purgeWorkflows.js";
import { freshStore } from "../setup/freshStore.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { exportTo, importFrom } from "./exportAndImport.js";
import { type Life, live } from "./randomLives.js";
import { storeContents } from "./storeContents.js";

const LIFE: Life = {
  created: 1_700_000_000,
  priority: 50,
  tasks: [{ image: "image", taskforces: [{ schedd: "ap", steps: ["launch", "submit", "complete"], errors: {} }] }],
  profiles: [],
  deactivated: "no",
  history: [4, 9, 0],
};

const keyOf = (store: Store, id: WorkflowId) => historyKey(partitionOf(id, store.partitions), id);

/** A store with one workflow, and its export. The file of an earlier release has no history. */
async function exportLife() {
  const { store } = await freshStore(4);
  const id = (await live(store, LIFE)) as WorkflowId;
  const folder = await temporaryFolder(onTestFinished);
  const path = join(folder, "all.ndjson");
  await exportTo(store, path);
  const without = async () => {
    const earlier = join(folder, "earlier.ndjson");
    const history = (await store.redis.get(keyOf(store, id))) as string;
    await store.redis.del(keyOf(store, id));
    await exportTo(store, earlier);
    await store.redis.set(keyOf(store, id), history);
    expect(await readFile(earlier, "utf8")).not.toContain("history");
    return earlier;
  };
  return { store, id, path, without };
}

const differences = async (store: Store, path: string): Promise<string[]> => {
  const found: string[] = [];
  const counts = { workflows: 0, taskforces: 0, rejected: 0 };
  for await (const sentence of compareSource(store, readExportSource(path), counts)) found.push(sentence);
  return found;
};

test("a history moves with its workflow, and verify compares it", async () => {
  const { store, id, path } = await exportLife();
  const { store: other } = await freshStore(2);
  await importFrom(other, path);
  const [history, before] = await Promise.all([other.redis.get(keyOf(other, id)), store.redis.get(keyOf(store, id))]);
  expect(history).toBe(before);
  expect(decodeHistory(history ?? "")?.samples.map(({ values }) => values[0])).toEqual(LIFE.history);
  expect(await differences(other, path)).toEqual([]);
  await other.redis.del(keyOf(other, id));
  expect(await differences(other, path)).toEqual([
    `${id} has history nothing instead of ${JSON.stringify(history).slice(0, 80)}${history && history.length > 78 ? "…" : ""}`,
  ]);
});

test("a history that grows here is no change of the workflow: a repeated import leaves it", async () => {
  const { store, id, path } = await exportLife();
  const grown = `${await store.redis.get(keyOf(store, id))}eBK`;
  expect(decodeHistory(grown)?.samples).toHaveLength(4);
  await store.redis.set(keyOf(store, id), grown);
  expect(await importFrom(store, path)).toMatchObject({ replaced: 0, unchanged: 1 });
  expect(await store.redis.get(keyOf(store, id))).toBe(grown);
});

test("the file of an earlier release imports, verifies and purges a workflow that has a history by now", async () => {
  const { store, id, without } = await exportLife();
  const earlier = await without();
  const { store: other } = await freshStore(4);
  await importFrom(other, earlier);
  expect(await other.redis.get(keyOf(other, id))).toBeNull();
  expect(await differences(store, earlier)).toEqual([]);
  expect(await importFrom(store, earlier)).toMatchObject({ replaced: 0, unchanged: 1 });
  expect(await purgeExported(earlier, { store, isForced: false })).toMatchObject({ purged: 1 });
  expect(Object.keys(await storeContents(store.redis)).filter((key) => key.includes(":history:"))).toEqual([]);
});

test("a workflow whose history has changed since its export is not purged", async () => {
  const { store, id, path } = await exportLife();
  await store.redis.append(keyOf(store, id), "eBK");
  expect(await purgeExported(path, { store, isForced: false })).toMatchObject({ purged: 0, kept: 1 });
});

test("a line with an unreadable history is rejected by the name of the field", async () => {
  const { path } = await exportLife();
  const changed = path.replace("all", "changed");
  await writeFile(changed, (await readFile(path, "utf8")).replace(/"history":"1/, '"history":"9'));
  const { store } = await freshStore(1);
  const rejects: string[] = [];
  await importWorkflows({
    store,
    source: readExportSource(changed),
    isDryRun: true,
    isOverwriting: false,
    onReject: async ({ reason }) => void rejects.push(reason),
  }).catch((error: Error) => rejects.push(error.message));
  expect(rejects[0]).toBe("extensions.history: is no history that this release reads");
});
