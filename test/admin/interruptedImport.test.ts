import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../../src/store/store.js";
import { readExportSource } from "../../src/transfer/exportSource.js";
import { importWorkflows } from "../../src/transfer/importWorkflows.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { openRedis } from "../setup/testRedis.js";
import { live } from "../transfer/randomLives.js";
import { admin } from "./runAdmin.js";

async function openDatabase() {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  return { url, store: await openStore(redis, { partitions: 16 }) };
}

test("a repeated import fills the queues for an import that was interrupted before it did so", async () => {
  const source = await openDatabase();
  await live(source.store, {
    created: 1_700_000_000,
    priority: 50,
    tasks: [{ image: "image", taskforces: [{ schedd: "ap", steps: ["launch"], errors: {} }] }],
    profiles: [],
    deactivated: "no",
  });
  const path = join(await temporaryFolder(onTestFinished), "all.ndjson");
  await admin(source.url, ["export", path]);

  const target = await openDatabase();
  const options = { isDryRun: false, isOverwriting: false, onReject: async () => expect.fail("rejected") };
  await importWorkflows({ store: target.store, source: readExportSource(path), ...options });
  expect((await admin(target.url, ["verify"])).stdout).toContain("the starter queue of ap lacks TF-");
  expect((await admin(target.url, ["import", path])).stdout).toMatch(
    /^0 workflows imported, 0 replaced .* 1 unchanged/,
  );
  expect((await admin(target.url, ["verify"])).stdout).toMatch(/^0 differences/);
});
