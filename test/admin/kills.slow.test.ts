import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { openStore } from "../../src/store/store.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { openRedis, toServiceSettings } from "../setup/testRedis.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { live } from "../transfer/randomLives.js";
import { admin } from "./runAdmin.js";

/** Kills of each kind of command. */
const KILLS = 17;
const SMALL_WORKFLOWS = 150;
/** Taskforces of two more, which are staged and removed in several steps. */
const LARGE_TASKFORCES = 1200;

async function openDatabase(): Promise<{ url: string; redis: RedisClient }> {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  return { url, redis };
}

/** Fills a database with ended and running workflows. */
async function populate(redis: RedisClient): Promise<void> {
  const store = await openStore(redis, { partitions: 16 });
  for (let n = 0; n < SMALL_WORKFLOWS; n++)
    await live(
      store,
      {
        created: 1_700_000_000 + n,
        priority: 50,
        tasks: [
          { image: "image", taskforces: [{ schedd: "ap", steps: ["launch", "submit", "complete"], errors: {} }] },
        ],
        profiles: [],
        deactivated: n % 3 === 0 ? "after" : "no",
      },
      n,
    );
  for (let n = 0; n < 2; n++) await createWholeWorkflow(store, makeWholeWorkflow(LARGE_TASKFORCES), 0);
}

/** Runs the tool as a process. @param killAfterMs undefined: it runs to its end @returns its exit code; null: killed */
async function run(url: string, args: string[], killAfterMs?: number): Promise<number | null> {
  const env = { PATH: process.env["PATH"], ...toServiceSettings({ STORE_PARTITIONS: "16", REDIS_URL: url }) };
  const child = spawn(process.execPath, [join(inject("built"), "dist", "admin.js"), ...args], { env, stdio: "ignore" });
  const exited = once(child, "exit") as Promise<[number | null]>;
  if (killAfterMs !== undefined) {
    const timer = new AbortController();
    void exited.then(() => timer.abort());
    await wait(killAfterMs, undefined, { signal: timer.signal }).catch(() => undefined);
    child.kill("SIGKILL");
  }
  return (await exited)[0];
}

/** Milliseconds of a whole run. Kills are spread over them. */
async function measure(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}

const linesOf = async (path: string) => (await readFile(path, "utf8")).trimEnd().split("\n").slice(1, -1);

test("an export that is killed at any time continues, and holds every workflow once", async () => {
  const { url, redis } = await openDatabase();
  await populate(redis);
  const folder = await temporaryFolder(onTestFinished);
  const whole = join(folder, "whole.ndjson");
  const lastsMs = await measure(() => run(url, ["export", whole]));
  const path = join(folder, "killed.ndjson");
  for (let kill = 1; kill <= KILLS; kill++) {
    await run(url, ["export", path], (lastsMs * kill) / KILLS);
    if ((await stat(path).catch(() => undefined)) !== undefined) await rm(path);
  }
  expect(await run(url, ["export", path])).toBe(0);
  expect(await linesOf(path)).toEqual(await linesOf(whole));
});

test("an import that is killed at any time leaves no half workflow, and continues", async () => {
  const { url, redis } = await openDatabase();
  await populate(redis);
  const folder = await temporaryFolder(onTestFinished);
  const path = join(folder, "all.ndjson");
  await run(url, ["export", path]);
  const whole = await linesOf(path);
  const lastsMs = await measure(async () => run((await openDatabase()).url, ["import", path]));
  const { url: target } = await openDatabase();
  for (let kill = 1; kill <= KILLS; kill++) {
    await run(target, ["import", path], (lastsMs * kill) / KILLS);
    const now = join(folder, `now-${kill}.ndjson`);
    expect(await run(target, ["export", now])).toBe(0);
    const lines = await linesOf(now);
    expect(whole).toEqual(expect.arrayContaining(lines));
    await rm(now);
  }
  expect(await run(target, ["import", path])).toBe(0);
  expect((await admin(target, ["verify", path])).stdout).toMatch(/^0 differences/);
});

test("a purge that is killed at any time loses nothing, and continues", async () => {
  const { url, redis } = await openDatabase();
  await populate(redis);
  const folder = await temporaryFolder(onTestFinished);
  const whole = join(folder, "all.ndjson");
  await run(url, ["export", whole]);
  const archive = join(folder, "purged.ndjson");
  const args = ["purge", "--ended-before", "2100-01-01", "--export", archive];
  const lastsMs = await measure(() => run(url, [...args, "--dry-run"]));
  for (let kill = 1; kill <= KILLS; kill++) {
    await run(url, args, lastsMs * (0.5 + (2 * kill) / KILLS));
    const now = join(folder, `now-${kill}.ndjson`);
    expect(await run(url, ["export", now])).toBe(0);
    const archived = await linesOf(archive).catch(() => []);
    // Each workflow is in the store or in the file, as a whole.
    expect([...new Set([...(await linesOf(now)), ...archived])].sort()).toEqual((await linesOf(whole)).sort());
    await rm(now);
  }
  expect(await run(url, args)).toBe(0);
  const left = join(folder, "left.ndjson");
  await run(url, ["export", left]);
  expect(await linesOf(left)).toHaveLength(2);
  expect(await linesOf(archive)).toHaveLength(SMALL_WORKFLOWS);
});
