import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { RETENTION_LOCK_KEY } from "../../src/store/keys.js";
import { openStore, type Store } from "../../src/store/store.js";
import { exportWorkflows } from "../../src/transfer/exportWorkflows.js";
import { admin } from "../admin/runAdmin.js";
import { ServiceProcess } from "../processes/serviceProcess.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import { type Life, live } from "../transfer/randomLives.js";

const WORKFLOWS = 400;
const KILLS = 12;

const linesOf = (bytes: Buffer): string[] =>
  bytes
    .toString()
    .split("\n")
    .filter((line) => line.startsWith('{"workflow":'));

test("a worker that is killed at any time loses nothing, and removes only what is in the archive", async () => {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  const store = await openStore(redis, { partitions: 16 });
  for (let n = 0; n < WORKFLOWS; n++) await live(store, endedLife(1_700_000_000 + n), n);
  // The tests' lives end in the future.
  for (const key of await findKeys(redis, "wms:{*}:taskforce:*")) await redis.hset(key, "since", 1_700_001_000);

  const archiveDir = await temporaryFolder(onTestFinished);
  const [month] = new Date().toISOString().match(/^\d+-\d+/) ?? [];
  const archive = join(archiveDir, `workflows-${month}.ndjson.gz`);
  const everything = await exportedLines(store);
  expect(everything).toHaveLength(WORKFLOWS);
  const startWorker = async () => {
    await redis.del(RETENTION_LOCK_KEY);
    return new ServiceProcess("worker", { REDIS_URL: url, RETENTION_DAYS: "1", ARCHIVE_DIR: archiveDir });
  };
  const sealedLines = async (): Promise<string[]> => {
    const size = Number(await readFile(`${archive}.size`, "utf8").catch(() => "0"));
    return size === 0 ? [] : linesOf(gunzipSync((await readFile(archive)).subarray(0, size)));
  };

  const startedAtMs = performance.now();
  const first = await startWorker();
  await waitUntil("all are removed", async () => (await store.indexes.countAll("workflow")) === 0);
  const lastsMs = performance.now() - startedAtMs;
  await first.kill();
  let interrupted = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    if ((await store.indexes.countAll("workflow")) < WORKFLOWS / 2) {
      // It fails at the end of a file that a kill has torn, and has imported all before.
      await admin(url, ["import", archive]);
      expect(await exportedLines(store)).toEqual(everything);
    }
    const worker = await startWorker();
    await wait(lastsMs * (0.4 + (0.6 * kill) / KILLS));
    await worker.kill();
    const left = await exportedLines(store);
    if (left.length > 0) interrupted++;
    expect([...new Set([...left, ...(await sealedLines())])].sort()).toEqual(everything);
  }
  // Otherwise the kills came too late.
  expect(interrupted).toBeGreaterThan(0);

  const last = await startWorker();
  await waitUntil("all are removed", async () => (await store.indexes.countAll("workflow")) === 0);
  await waitUntil("the run is recorded", async () => (await store.retention.readCursor()) === undefined);
  await last.kill();
  expect((await stat(archive)).size).toBe(Number(await readFile(`${archive}.size`, "utf8")));
  const other = await freshDatabase();
  expect((await admin(other, ["import", archive])).stdout).toMatch(new RegExp(`^${WORKFLOWS} workflows imported`));
  expect((await admin(other, ["verify", archive])).stdout).toMatch(/^0 differences/);
});

const endedLife = (created: number): Life => ({
  created,
  priority: 50,
  tasks: [{ image: "image", taskforces: [{ schedd: "ap", steps: ["launch", "submit", "complete"], errors: {} }] }],
  profiles: [],
  deactivated: "no",
});

/** The lines of an export of the store, in order. */
async function exportedLines(store: Store): Promise<string[]> {
  const path = join(await temporaryFolder(onTestFinished), "all.ndjson");
  await exportWorkflows({ store, path, filter: {}, serviceVersion: "1.0.0", now: 1_800_000_000 });
  return linesOf(await readFile(path)).sort();
}
