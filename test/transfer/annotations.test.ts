import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Annotations, Creator } from "../../src/domain/annotations.js";
import type { WorkflowId } from "../../src/domain/ids.js";
import { originOf } from "../../src/store/annotations.js";
import { createWholeWorkflow, type WholeWorkflow } from "../../src/store/creation.js";
import type { Store } from "../../src/store/store.js";
import { purgeExported } from "../../src/transfer/purgeWorkflows.js";
import { freshStore } from "../setup/freshStore.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { exportTo, importFrom } from "./exportAndImport.js";
import { storeContents } from "./storeContents.js";

const CREATOR: Creator = { subject: "ada", name: "Ada Lovelace", groups: ["/ice/reco"], client: "ewms/1.0.0" };
const ANNOTATIONS: Annotations = { name: "Cascades", labels: { season: "IC86", urgent: "" }, note: "one\ntwo" };

async function storeAnnotated(): Promise<{ store: Store; whole: WholeWorkflow; id: WorkflowId; path: string }> {
  const { store } = await freshStore(4);
  const whole = makeWholeWorkflow(2);
  const origin = { creator: CREATOR, annotations: ANNOTATIONS };
  await createWholeWorkflow(store, whole, 0, undefined, origin);
  const path = join(await temporaryFolder(onTestFinished), "all.ndjson");
  await exportTo(store, path);
  return { store, whole, id: whole.workflow.workflow_id, path };
}

const read = async (store: Store, id: WorkflowId) => originOf((await store.fetch("workflow", id)) ?? {});

test("an import restores owner and annotations with their indexes", async () => {
  const { store, id, path } = await storeAnnotated();
  const { store: other } = await freshStore(4);
  await importFrom(other, path);
  expect(await read(other, id)).toEqual({ creator: CREATOR, annotations: ANNOTATIONS });
  const { redis } = other;
  const contents = await storeContents(redis);
  expect(contents).toEqual(await storeContents(store.redis));
  expect(
    Object.keys(contents)
      .filter((key) => /:(owner|label):/.test(key))
      .map((key) => key.replace(/^.*ix:/, "")),
  ).toEqual(expect.arrayContaining(["workflow:owner:ada", "workflow:label:season=IC86", "workflow:label:urgent="]));
});

test("a purge removes them", async () => {
  const { store, path } = await storeAnnotated();
  await purgeExported(path, { store, isForced: true });
  expect(Object.keys(await storeContents(store.redis)).filter((key) => /:(owner|label):/.test(key))).toEqual([]);
});

test("a workflow whose annotations have changed since its export is not purged", async () => {
  const { store, id, path } = await storeAnnotated();
  await store.annotations.replace(id, { ...ANNOTATIONS, note: "keep this" });
  expect(await purgeExported(path, { store, isForced: true })).toMatchObject({ purged: 0, kept: 1 });
  expect((await read(store, id)).annotations.note).toBe("keep this");
});

test("an import from a source that knows nothing of them keeps them", async () => {
  const { store, whole, id } = await storeAnnotated();
  const path = join(await temporaryFolder(onTestFinished), "bare.ndjson");
  const { store: bare } = await freshStore(4);
  await createWholeWorkflow(bare, whole, 0);
  await exportTo(bare, path);
  expect(await importFrom(store, path)).toMatchObject({ unchanged: 1, replaced: 0 });
  expect(await read(store, id)).toEqual({ creator: CREATOR, annotations: ANNOTATIONS });
});
