import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { WorkflowId } from "../../src/domain/ids.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { MAX_UNSTAGED_RECORDS, removeAbandonedStaging } from "../../src/store/staging.js";
import type { Store } from "../../src/store/store.js";
import { readWholeWorkflow } from "../../src/store/wholeWorkflows.js";
import { endedAt } from "../../src/transfer/endedAt.js";
import { exportWorkflows } from "../../src/transfer/exportWorkflows.js";
import { purgeExported, purgeWithoutExport } from "../../src/transfer/purgeWorkflows.js";
import { freshStore } from "../setup/freshStore.js";
import { propertyRuns } from "../setup/propertyRuns.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { arbitraryLife, type Life, live } from "./randomLives.js";
import { storeContents } from "./storeContents.js";

async function exportAll(store: Store): Promise<string> {
  const path = join(await temporaryFolder(onTestFinished), "all.ndjson");
  await exportWorkflows({ store, path, filter: {}, serviceVersion: "1.0.0", now: 1_800_000_000 });
  return path;
}

test("a purge of an export removes ended workflows with all that belongs to them, and no other", async () => {
  const property = fc.asyncProperty(fc.array(arbitraryLife, { minLength: 1, maxLength: 4 }), async (lives) => {
    const { store } = await freshStore(2);
    const { store: expected } = await freshStore(2);
    const ids: string[] = [];
    for (const [index, life] of lives.entries()) ids.push(await live(store, life, index));
    const path = await exportAll(store);
    const ended: boolean[] = [];
    for (const id of ids) {
      const stored = await readWholeWorkflow(store, id as WorkflowId);
      ended.push(stored !== undefined && endedAt(stored) !== undefined);
    }
    const counts = await purgeExported(path, { store, isForced: false });
    const endedCount = ended.filter(Boolean).length;
    expect(counts).toMatchObject({ purged: endedCount, kept: lives.length - endedCount, missing: 0 });
    for (const [index, id] of ids.entries())
      expect((await readWholeWorkflow(store, id as WorkflowId)) === undefined).toBe(ended[index]);

    // What is left is removed by force, and nothing remains.
    await purgeExported(path, { store, isForced: true });
    expect(await storeContents(store.redis)).toEqual(await storeContents(expected.redis));
  });
  await fc.assert(property, { numRuns: propertyRuns(40) });
}, 120_000);

const COMPLETE: Life = {
  created: 1_700_000_000,
  priority: 50,
  tasks: [{ image: "image", taskforces: [{ schedd: "ap", steps: ["launch", "submit", "complete"], errors: {} }] }],
  profiles: [],
  deactivated: "no",
};

test("a workflow that has changed since its export is kept", async () => {
  const { store } = await freshStore(1);
  const id = (await live(store, COMPLETE)) as WorkflowId;
  const path = await exportAll(store);
  await store.transitions.deactivate(id, "FINISHED", 1_900_000_000);
  await store.indexes.finishDeactivation(id);
  expect(await purgeExported(path, { store, isForced: true })).toMatchObject({ purged: 0, kept: 1 });
  expect(await readWholeWorkflow(store, id)).toBeDefined();
});

test("a large workflow disappears as a whole, and reconcile removes what a dead process left", async () => {
  const { redis, store } = await freshStore(2);
  const large = makeWholeWorkflow(MAX_UNSTAGED_RECORDS + 1);
  await createWholeWorkflow(store, large, 0);
  const { workflow_id } = large.workflow;
  const before = await readWholeWorkflow(store, workflow_id);
  expect(before?.taskforces).toHaveLength(MAX_UNSTAGED_RECORDS + 1);

  // The first step of the removal alone.
  const dying = { ...store, redis: { zrange: () => Promise.reject(new Error("killed")) } } as unknown as Store;
  Object.setPrototypeOf(dying, Object.getPrototypeOf(store));
  const options = { store: dying, isForced: true };
  await expect(purgeWithoutExport(before ? [before] : [], options)).rejects.toThrow("killed");
  expect(await readWholeWorkflow(store, workflow_id)).toBeUndefined();
  expect(await store.indexes.countTaskforcesOf(workflow_id)).toBe(MAX_UNSTAGED_RECORDS + 1);

  for (let partition = 0; partition < 2; partition++) await removeAbandonedStaging(store, partition);
  const { redis: empty } = await freshStore(2);
  expect(await storeContents(redis)).toEqual(await storeContents(empty));
});
