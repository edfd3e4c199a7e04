import { EventEmitter } from "node:events";
import { appendFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { WorkflowId } from "../../src/domain/ids.js";
import type { WmsEventEmitter } from "../../src/domain/wmsEvents.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { RETENTION_LOCK_KEY } from "../../src/store/keys.js";
import type { Store } from "../../src/store/store.js";
import { readWholeWorkflow } from "../../src/store/wholeWorkflows.js";
import { readExportSource } from "../../src/transfer/exportSource.js";
import { importWorkflows } from "../../src/transfer/importWorkflows.js";
import { applyRetention, type RetentionOptions, type RetentionStep } from "../../src/transfer/retention.js";
import { tryRetention } from "../../src/workers/retention.js";
import { admin } from "../admin/runAdmin.js";
import { freshDatabase } from "../setup/database.js";
import { freshStore } from "../setup/freshStore.js";
import { recordingLog } from "../setup/recordingLog.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { findKeys } from "../setup/testRedis.js";
import { type Life, live } from "./randomLives.js";
import { storeContents } from "./storeContents.js";

type Steps = Life["tasks"][number]["taskforces"][number]["steps"];

const life = (created: number, steps: Steps, more: Partial<Life> = {}): Life => ({
  created,
  priority: 50,
  tasks: [{ image: "image", taskforces: [{ schedd: "ap", steps, errors: {} }] }],
  profiles: [],
  deactivated: "no",
  ...more,
});
const COMPLETE: Steps = ["launch", "submit", "complete"];

/** All ends of `live` are in 2030-03. */
const ONE_DAY_LATER = 1_900_200_000;
const ARCHIVE = "workflows-2030-03.ndjson.gz";

let redis: RedisClient;
let store: Store;
let archiveDir: string;
beforeEach(async () => {
  ({ redis, store } = await freshStore(16));
  archiveDir = await temporaryFolder(onTestFinished);
});

const inFolder = (name: string) => join(archiveDir, name);

const options = (more: Partial<RetentionOptions> = {}): RetentionOptions => ({
  store,
  days: 1,
  archiveDir,
  tombstoneDays: 365,
  serviceVersion: "1.0.0",
  now: ONE_DAY_LATER,
  limits: { workflows: 10_000, ms: 600_000 },
  onStep: async () => undefined,
  ...more,
});
const run = (more: Partial<RetentionOptions> = {}) => applyRetention(options(more));

/** Creates complete workflows, the oldest first. */
async function createComplete(count: number, into = store): Promise<WorkflowId[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await live(into, life(1_700_000_000 + 50_000 * n, COMPLETE), n));
  return ids as WorkflowId[];
}

const idsOf = async (path: string): Promise<string[]> =>
  gunzipSync(await readFile(path))
    .toString()
    .split("\n")
    .flatMap((line) => /^\{"workflow":\{"workflow_id":"([^"]+)"/.exec(line)?.[1] ?? []);

const countTrailers = async (path: string): Promise<number> =>
  gunzipSync(await readFile(path))
    .toString()
    .match(/^\{"trailer"/gm)?.length ?? 0;

const importAll = (into: Store, path: string) =>
  importWorkflows({
    store: into,
    source: readExportSource(path),
    isDryRun: false,
    isOverwriting: false,
    onReject: async (reject) => expect.fail(JSON.stringify(reject)),
  });

/** Imports a file into an empty store. */
async function importFresh(path: string) {
  const fresh = await freshStore(16);
  return { ...fresh, counts: await importAll(fresh.store, path), importAgain: () => importAll(fresh.store, path) };
}

test("only workflows that ended long enough ago are archived and removed", async () => {
  const ended = await createComplete(2);
  const aborted = await live(store, life(1_700_000_005, ["launch"], { deactivated: "after" }));
  const running = await live(store, life(1_700_000_006, ["launch", "submit"]));
  const stopping = await live(store, life(1_700_000_007, ["launch", "submit"], { deactivated: "half" }));
  const young = await live(store, life(ONE_DAY_LATER - 3600, COMPLETE));

  // All of them ended less than a day before.
  expect(await run({ now: 1_900_050_000 })).toMatchObject({ archived: 0, removed: 0, is_complete: true });
  expect(await readdir(archiveDir)).toEqual([]);

  expect(await run()).toMatchObject({ archived: 3, removed: 3, kept: 0, is_complete: true });
  expect(await idsOf(inFolder(ARCHIVE))).toEqual([ended[0], aborted, ended[1]]);
  for (const id of [...ended, aborted]) expect(await readWholeWorkflow(store, id as WorkflowId)).toBeUndefined();
  for (const id of [running, stopping, young]) expect(await readWholeWorkflow(store, id as WorkflowId)).toBeDefined();
  expect((await readdir(archiveDir)).sort()).toEqual([ARCHIVE, `${ARCHIVE}.size`]);
  expect((await stat(inFolder(ARCHIVE))).mode & 0o077).toBe(0);
});

test("a bounded run continues, and the archive of several runs imports to the letter", async () => {
  const ids = await createComplete(5);
  const before = await storeContents(redis);
  const limits = { workflows: 2, ms: 600_000 };
  expect(await run({ limits })).toMatchObject({ archived: 2, removed: 2, is_complete: false });
  expect(await store.retention.readCursor()).toMatchObject({ id: ids[1] });
  expect(await run({ limits })).toMatchObject({ archived: 2, is_complete: false });
  expect(await run({ limits })).toMatchObject({ archived: 1, is_complete: true });
  expect(await store.retention.readCursor()).toBeUndefined();
  expect(await storeContents(redis)).toEqual({});

  expect(await countTrailers(inFolder(ARCHIVE))).toBe(3);
  const fresh = await importFresh(inFolder(ARCHIVE));
  expect(fresh.counts).toMatchObject({ imported: 5, unchanged: 0 });
  expect(await storeContents(fresh.redis)).toEqual(before);
  expect(await fresh.importAgain()).toMatchObject({ imported: 0, unchanged: 5 });

  // The store that they came from has no tombstones of them any more.
  expect(await store.tombstones.find(ids[0] as WorkflowId)).toBeDefined();
  await importAll(store, inFolder(ARCHIVE));
  expect(await storeContents(redis)).toEqual(before);
  expect(await findKeys(redis, "wms:{*}:archived:*")).toEqual([]);
});

test("a limit of time ends a run, and the next one continues behind what it has removed", async () => {
  const ids = await createComplete(4);
  // Whatever the limit is, a run comes further.
  expect(await run({ limits: { workflows: 10, ms: 0 } })).toMatchObject({
    archived: 1,
    removed: 1,
    is_complete: false,
  });
  expect(await store.retention.readCursor()).toEqual({ id: ids[0], timestamp: 1_700_000_000, begun: ONE_DAY_LATER });
  const limits = { workflows: 10, ms: 600_000 };
  const slow = run({
    limits,
    now: ONE_DAY_LATER + 3600,
    onStep: async (step) => {
      if (step === "purge") limits.ms = 0;
    },
  });
  expect(await slow).toMatchObject({ archived: 3, removed: 1, is_complete: false });
  expect(await store.retention.readCursor()).toMatchObject({ id: ids[1], begun: ONE_DAY_LATER });
  expect(await run({ now: ONE_DAY_LATER + 7200 })).toMatchObject({ archived: 2, removed: 2, is_complete: true });
  expect(await idsOf(inFolder(ARCHIVE))).toEqual([...ids, ids[2], ids[3]]);
  expect((await importFresh(inFolder(ARCHIVE))).counts).toMatchObject({ imported: 4 });
});

const STEPS: RetentionStep[] = ["append", "seal", "purge"];

test.each(STEPS)(
  "a crash before the step %s loses nothing, and removes only what is in the archive",
  async (crashAt) => {
    const ids = await createComplete(3);
    await run({ limits: { workflows: 1, ms: 600_000 } });
    const before = await storeContents(redis);
    const crash = run({
      onStep: async (step) => {
        if (step === crashAt) throw new Error("killed");
      },
    });
    await expect(crash).rejects.toThrow("killed");
    expect(await storeContents(redis)).toEqual(before);

    expect(await run()).toMatchObject({ archived: 2, removed: 2 });
    const repeated = crashAt === "purge" ? ids.slice(1) : [];
    expect(await idsOf(inFolder(ARCHIVE))).toEqual([ids[0], ...repeated, ids[1], ids[2]]);
    expect((await importFresh(inFolder(ARCHIVE))).counts).toMatchObject({ imported: 3, rejected: 0 });
  },
);

test("what a crash left in the middle of an append is removed, whatever it is", async () => {
  const ids = await createComplete(4);
  const limits = { workflows: 1, ms: 600_000 };
  const whole = gzipSync("a text that is no export\n".repeat(100));
  // The first append of a month, too.
  const first = run({
    limits,
    onStep: async (step) => {
      if (step === "seal") throw new Error("killed");
    },
  });
  await expect(first).rejects.toThrow("killed");
  for (const [index, bytes] of [0, 1, 30, whole.length].entries()) {
    await appendFile(inFolder(ARCHIVE), whole.subarray(0, bytes));
    expect(await run({ limits })).toMatchObject({ archived: 1, removed: 1 });
    expect(await idsOf(inFolder(ARCHIVE))).toEqual(ids.slice(0, index + 1));
  }
  expect((await importFresh(inFolder(ARCHIVE))).counts).toMatchObject({ imported: 4 });
});

test("a crash in the middle of the removals leaves the rest in store and archive", async () => {
  const ids = await createComplete(8);
  let removals = 0;
  const dyingRedis = new Proxy(redis, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === "wms_removeEntities" && ++removals > 3) return () => Promise.reject(new Error("killed"));
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const dying = Object.assign(Object.create(store), { bulkRedis: dyingRedis });
  await expect(run({ store: dying })).rejects.toThrow("killed");
  const left = [];
  for (const id of ids) if ((await readWholeWorkflow(store, id)) !== undefined) left.push(id);
  expect(left.length).toBe(5);
  expect(await run()).toMatchObject({ archived: 5, removed: 5 });
  expect(await idsOf(inFolder(ARCHIVE))).toEqual([...ids, ...left]);
  expect((await importFresh(inFolder(ARCHIVE))).counts).toMatchObject({ imported: 8 });
});

test("an archive whose recorded size is lost is checked first; one that was cut is not appended to", async () => {
  const ids = await createComplete(2);
  const limits = { workflows: 1, ms: 600_000 };
  await run({ limits });
  await rm(inFolder(`${ARCHIVE}.size`));
  await run({ limits });
  expect(await idsOf(inFolder(ARCHIVE))).toEqual(ids);

  await live(store, life(1_800_000_000, COMPLETE));
  const bytes = await readFile(inFolder(ARCHIVE));
  await writeFile(inFolder(ARCHIVE), bytes.subarray(0, -5));
  await expect(run()).rejects.toThrow(/has \d+ bytes, and .*\.size says \d+; move both away/);
  await rm(inFolder(`${ARCHIVE}.size`));
  await expect(run()).rejects.toThrow(/is damaged \(.*\); move it away/);
  expect(await store.indexes.countAll("workflow")).toBe(1);

  await rm(inFolder(ARCHIVE));
  expect(await run()).toMatchObject({ archived: 1, removed: 1 });
});

test("a workflow that changes between its export and its removal is kept, and its newer line counts", async () => {
  const [id, other] = (await createComplete(2)) as [WorkflowId, WorkflowId];
  const changing = run({
    onStep: async (step) => {
      if (step !== "purge") return;
      await store.transitions.deactivate(id, "FINISHED", 1_900_001_000);
      await store.indexes.finishDeactivation(id);
    },
  });
  expect(await changing).toMatchObject({ archived: 2, removed: 1, kept: 1 });
  const newest = await readWholeWorkflow(store, id);
  expect(newest?.fields["deactivated"]).toBe("FINISHED");
  expect(await run()).toMatchObject({ archived: 1, removed: 1 });
  expect(await idsOf(inFolder(ARCHIVE))).toEqual([id, other, id]);

  const fresh = await importFresh(inFolder(ARCHIVE));
  expect(fresh.counts).toMatchObject({ imported: 2, replaced: 0 });
  expect(await readWholeWorkflow(fresh.store, id)).toEqual(newest);
  expect(await fresh.importAgain()).toMatchObject({ imported: 0, replaced: 0, unchanged: 2 });
});

test("the admin tool imports and verifies an archive of several runs, also single workflows of it", async () => {
  const ids = await createComplete(3);
  await run({ limits: { workflows: 2, ms: 600_000 } });
  await run();
  const url = await freshDatabase();
  const single = await admin(url, ["import", inFolder(ARCHIVE), "--workflow", ids[2] as string]);
  expect([single.code, single.stdout]).toEqual([0, expect.stringMatching(/^1 workflows imported/)]);
  const rest = await admin(url, ["import", inFolder(ARCHIVE)]);
  expect([rest.code, rest.stdout]).toEqual([0, expect.stringContaining("2 workflows imported")]);
  const verified = await admin(url, ["verify", inFolder(ARCHIVE)]);
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("source: 3 workflows, 3 taskforces")]);
});

test("only one of several workers applies retention in an hour", async () => {
  await createComplete(20);
  const { log, lines } = recordingLog();
  const settings = { days: 1, archiveDir, tombstoneDays: 365 };
  const events: WmsEventEmitter = new EventEmitter();
  const outcomes = await Promise.all(
    [1, 2, 3].map(() => tryRetention({ store, events, log }, settings, { now: ONE_DAY_LATER })),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await idsOf(inFolder(ARCHIVE))).toHaveLength(20);
  expect(await countTrailers(inFolder(ARCHIVE))).toBe(1);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ archived: 20, removed: 20, kept: 0 }]);
  expect(await tryRetention({ store, events, log }, settings, { now: ONE_DAY_LATER })).toBe(false);
  // The run lasts ten minutes at most.
  expect(await redis.pttl(RETENTION_LOCK_KEY)).toBeGreaterThan(3_500_000);
});

test.each(STEPS)("a worker whose lock has expired does not take the step %s", async (lostAt) => {
  const ids = await createComplete(2);
  const losing = tryRetention(
    { store, events: new EventEmitter(), log: recordingLog().log },
    { days: 1, archiveDir, tombstoneDays: 365 },
    {
      now: ONE_DAY_LATER,
      onStep: async (step) => {
        if (step === lostAt) await redis.set(RETENTION_LOCK_KEY, "another process");
      },
    },
  );
  await expect(losing).rejects.toThrow("the lock of retention expired");
  for (const id of ids) expect(await readWholeWorkflow(store, id)).toBeDefined();
});

test("a worker that stops ends its run, and the next run does all of it", async () => {
  await createComplete(3);
  const stopping = new AbortController();
  const stopped = run({
    signal: stopping.signal,
    onStep: async (step) => {
      if (step === "purge") stopping.abort(new Error("stopping"));
    },
  });
  await expect(stopped).rejects.toThrow("stopping");
  expect(await store.indexes.countAll("workflow")).toBe(3);
  expect(await run()).toMatchObject({ archived: 3, removed: 3 });
});

test("without an archive, workflows are removed without a copy", async () => {
  const ids = await createComplete(3);
  const running = (await live(store, life(1_700_000_006, ["launch", "submit"]))) as WorkflowId;
  const limits = { workflows: 2, ms: 600_000 };
  expect(await run({ archiveDir: undefined, limits })).toMatchObject({ archived: 0, removed: 2, is_complete: false });
  expect(await run({ archiveDir: undefined, limits })).toMatchObject({ archived: 0, removed: 1, is_complete: true });
  expect(await store.tombstones.find(ids[0] as WorkflowId)).toEqual({
    date: "2030-03-20",
    file: undefined,
    hasCopy: false,
  });
  expect(await readWholeWorkflow(store, running)).toBeDefined();
  expect(await readdir(archiveDir)).toEqual([]);
});
