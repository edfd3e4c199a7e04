import { appendFile, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as zlib from "node:zlib";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { type Life, live } from "../transfer/randomLives.js";
import { admin } from "./runAdmin.js";

const life = (created: number, steps: Life["tasks"][number]["taskforces"][number]["steps"], priority = 50): Life => ({
  created,
  priority,
  tasks: [{ image: "image", taskforces: [{ schedd: "ap", steps, errors: {} }] }],
  profiles: [],
  deactivated: "no",
});

let url: string;
let redis: RedisClient;
let store: Store;
let folder: string;
beforeEach(async () => {
  url = await freshDatabase();
  redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  store = await openStore(redis, { partitions: 16 });
  folder = await temporaryFolder(onTestFinished);
});

const inFolder = (name: string) => join(folder, name);

/** Another database with the workflows of a file. */
async function importInto(file: string, ...args: string[]) {
  const other = await freshDatabase();
  return { other, ...(await admin(other, ["import", file, "--rejects", inFolder("rejects"), ...args])) };
}

describe("export", () => {
  test("writes a header, the workflows from the oldest on, and a trailer", async () => {
    const ids = [];
    for (const created of [1_700_000_030, 1_700_000_010, 1_700_000_020]) ids.push(await live(store, life(created, [])));
    const { code, stdout } = await admin(url, ["export", inFolder("all.ndjson")]);
    expect(code).toBe(0);
    expect(stdout).toBe(`${inFolder("all.ndjson")} holds 3 workflows, 3 task directives, 3 taskforces\n`);
    const lines = (await readFile(inFolder("all.ndjson"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ format: "ewms-wms-export", version: 1, partitions: 16, filter: {} });
    expect(lines.slice(1, -1).map(({ workflow }) => workflow.workflow_id)).toEqual([ids[1], ids[2], ids[0]]);
    expect(lines.at(-1).trailer).toMatchObject({ workflows: 3, task_directives: 3, taskforces: 3 });
    // It holds what users sent.
    expect((await stat(inFolder("all.ndjson"))).mode & 0o077).toBe(0);
  });

  test("selects by id, by the end, and by the creation", async () => {
    const complete = await live(store, life(1_700_000_010, ["launch", "submit", "complete"]));
    const running = await live(store, life(1_700_000_020, ["launch", "submit"]));
    const select = async (...args: string[]) => {
      const { stdout } = await admin(url, ["export", inFolder("x"), "--dry-run", "--json", ...args]);
      return (JSON.parse(stdout) as { workflows: number }).workflows;
    };
    expect(await select()).toBe(2);
    expect(await select("--workflow", running, complete)).toBe(2);
    expect(await select("--workflow", running)).toBe(1);
    expect(await select("--ended-before", "2100-01-01")).toBe(1);
    expect(await select("--ended-before", "2020-01-01")).toBe(0);
    expect(await select("--since", "2023-11-14T22:13:35Z")).toBe(1);
    await expect(stat(inFolder("x"))).rejects.toThrow("ENOENT");
  });

  test("compresses by the end of the name", async () => {
    await live(store, life(1_700_000_010, []));
    await admin(url, ["export", inFolder("all.ndjson.gz")]);
    expect(zlib.gunzipSync(await readFile(inFolder("all.ndjson.gz"))).toString()).toContain('"trailer"');
    expect((await importInto(inFolder("all.ndjson.gz"))).stdout).toMatch(/^1 workflows imported/);
  });

  test("compresses with Zstandard where Node has it, and says where it has not", async () => {
    await live(store, life(1_700_000_010, []));
    const { code, stderr } = await admin(url, ["export", inFolder("all.ndjson.zst")]);
    if ("createZstdCompress" in zlib) {
      expect((await importInto(inFolder("all.ndjson.zst"))).stdout).toMatch(/^1 workflows imported/);
      // The first bytes of every frame.
      expect((await readFile(inFolder("all.ndjson.zst"))).readUInt32LE()).toBe(0xfd2fb528);
    } else expect([code, stderr]).toEqual([2, expect.stringContaining("use Node 22.15 or later, or .gz")]);
  });

  test("does not replace a file, and names a missing folder", async () => {
    await writeFile(inFolder("here"), "mine");
    const { code, stderr } = await admin(url, ["export", inFolder("here")]);
    expect([code, stderr]).toEqual([
      2,
      `ewms-admin: ${inFolder("here")}: the file exists, and an export does not replace a file\n`,
    ]);
    expect(await readFile(inFolder("here"), "utf8")).toBe("mine");
    const missing = await admin(url, ["export", inFolder("none/all.ndjson")]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain("none/all.ndjson.part");
  });

  test.each(["all.ndjson", "all.ndjson.gz"])("continues %s where a stopped one ended", async (name) => {
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await live(store, life(1_700_000_000 + n, [])));
    await admin(url, ["export", inFolder(`whole-${name}`)]);
    const bytes = await readFile(inFolder(`whole-${name}`));
    const text = (name.endsWith(".gz") ? zlib.gunzipSync(bytes) : bytes).toString();
    const upToThird = text.split("\n").slice(0, 4).join("\n");
    const part = `${upToThird}\n${text.split("\n")[4]?.slice(0, 50)}`;
    // Killed within a line, and within a block of gzip.
    await writeFile(inFolder(`${name}.part`), name.endsWith(".gz") ? zlib.gzipSync(part).subarray(0, -6) : part);
    const { code, stdout } = await admin(url, ["export", inFolder(name)]);
    expect(stdout).toContain(`holds 5 workflows, 5 task directives, 5 taskforces (continued after ${ids[2]})`);
    expect(code).toBe(0);
    expect((await importInto(inFolder(name))).stdout).toMatch(/^5 workflows imported, 0 replaced \(5 taskforces\)/);
    await expect(stat(inFolder(`${name}.part`))).rejects.toThrow("ENOENT");
  });
});

describe("import", () => {
  let file: string;
  beforeEach(async () => {
    for (let n = 0; n < 3; n++) await live(store, life(1_700_000_000 + n, ["launch"]));
    file = inFolder("all.ndjson");
    await admin(url, ["export", file]);
  });

  test("fills the queues, so that verify finds no difference", async () => {
    const { other, stdout, code } = await importInto(file);
    expect([code, stdout]).toEqual([0, "3 workflows imported, 0 replaced (3 taskforces), 0 unchanged, 0 rejected\n"]);
    const { stdout: verified } = await admin(other, ["verify", file]);
    expect(verified).toBe(
      "0 differences: 3 workflows, 3 taskforces\nsource: 3 workflows, 3 taskforces\n3 summaries are made when the service runs\n",
    );
  });

  test("refuses a file that was changed, or is not complete", async () => {
    const lines = (await readFile(file, "utf8")).split("\n");
    const changed = inFolder("changed.ndjson");
    await writeFile(changed, lines.join("\n").replace('"priority":50', '"priority":51'));
    const first = await importInto(changed);
    expect(first.code).toBe(2);
    expect(first.stderr).toContain("its digest differs from the trailer's");
    await truncate(file, (await stat(file)).size - lines.at(-2)!.length - 1);
    const second = await importInto(file);
    expect([second.code, second.stderr]).toEqual([
      2,
      `ewms-admin: ${file}: the file is not complete: it has no trailer\n`,
    ]);
    // What it holds is imported, each as a whole.
    expect((await admin(second.other, ["import", file, "--dry-run"])).stderr).toContain("no trailer");
  });

  test("writes a line that it does not understand to a file, with the reason", async () => {
    await appendFile(
      inFolder("broken.ndjson"),
      (await readFile(file, "utf8")).replace('"phase":"pending-starter"', '"phase":"lost"'),
    );
    const { code, stderr } = await importInto(inFolder("broken.ndjson"));
    // The digest of the file no longer fits either.
    expect([code, stderr]).toEqual([2, expect.stringContaining("its digest differs")]);
    const [reject] = (await readFile(inFolder("rejects"), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(reject).toMatchObject({ place: "line 2", reason: expect.stringMatching(/^taskforces\.0\.phase: /) });
    expect(reject.content).toContain('"phase":"lost"');
  });

  test("takes single workflows", async () => {
    const [, line = ""] = (await readFile(file, "utf8")).split("\n");
    const { workflow } = JSON.parse(line) as { workflow: { workflow_id: string } };
    const { stdout } = await importInto(file, "--workflow", workflow.workflow_id, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ imported: 1, taskforces: 1, rejected: 0 });
  });

  test("replaces what has changed here only on request, and not while the service runs", async () => {
    const [id] = await idsOfFile();
    await store.transitions.deactivate(id as never, "ABORTED", 1_900_000_000);
    await store.indexes.finishDeactivation(id as never);
    // The file lacks the deactivation.
    const refused = await admin(url, ["import", file, "--rejects", inFolder("rejects"), "--json"]);
    expect(JSON.parse(refused.stdout)).toMatchObject({ unchanged: 2, rejected: 1 });
    expect(await readFile(inFolder("rejects"), "utf8")).toContain(
      "the workflow is ABORTED here, and not in the source",
    );
    await store.processes.beat({ role: "web", version: "1", host: "h", pid: 1, started: 1 });
    const running = await admin(url, ["import", file, "--rejects", inFolder("rejects"), "--overwrite", "--json"]);
    expect(JSON.parse(running.stdout)).toMatchObject({ unchanged: 2, rejected: 1 });
    await store.processes.leave();
    const replaced = await admin(url, ["import", file, "--overwrite", "--json"]);
    expect(JSON.parse(replaced.stdout)).toMatchObject({ unchanged: 2, replaced: 1 });
    expect((await admin(url, ["verify", file])).stdout).toMatch(/^0 differences/);
  });

  const idsOfFile = async (): Promise<string[]> => {
    const lines = (await readFile(file, "utf8")).split("\n").slice(1, 4);
    return lines.map((line) => (JSON.parse(line) as { workflow: { workflow_id: string } }).workflow.workflow_id);
  };
});

describe("purge", () => {
  test("writes a file, then removes what has ended", async () => {
    await live(store, life(1_700_000_010, ["launch", "submit", "complete"]));
    await live(store, life(1_700_000_020, ["launch", "submit"]));
    const args = ["purge", "--ended-before", "2100-01-01", "--export", inFolder("old.ndjson")];
    expect((await admin(url, [...args, "--dry-run"])).stdout).toBe("1 workflows (1 taskforces) would be purged\n");
    const { code, stdout } = await admin(url, args);
    expect([code, stdout]).toEqual([0, "1 workflows purged (1 taskforces)\n"]);
    expect(await store.indexes.countAll("workflow")).toBe(1);
    expect((await admin(url, ["verify"])).stdout).toMatch(/differences: 1 workflows, 1 taskforces/);
    // Again, as after an interruption.
    expect((await admin(url, args)).stdout).toBe("0 workflows purged (0 taskforces), 1 were gone already\n");
    expect((await importInto(inFolder("old.ndjson"))).stdout).toMatch(/^1 workflows imported/);
  });

  test("removes only what is selected, although the file exists and holds more", async () => {
    await live(store, life(1_700_000_010, ["launch", "submit", "complete"]));
    await admin(url, ["export", inFolder("all.ndjson")]);
    const args = ["purge", "--ended-before", "2020-01-01", "--export", inFolder("all.ndjson")];
    const { code, stdout } = await admin(url, args);
    expect([code, stdout]).toEqual([1, expect.stringContaining("0 workflows purged (0 taskforces), 1 kept")]);
    expect(await store.indexes.countAll("workflow")).toBe(1);
  });

  test("removes a running workflow only by force", async () => {
    const id = await live(store, life(1_700_000_020, ["launch", "submit"]));
    const kept = await admin(url, ["purge", "--workflow", id, "--no-export"]);
    expect([kept.code, kept.stdout]).toEqual([
      1,
      "0 workflows purged (0 taskforces), 1 kept: they have not ended, have changed since the export, or are not selected\n",
    ]);
    const purged = await admin(url, ["purge", "--workflow", id, "--no-export", "--force"]);
    expect([purged.code, purged.stdout]).toEqual([0, "1 workflows purged (1 taskforces)\n"]);
  });

  test.each([
    [[], "give either --ended-before or --workflow"],
    [["--ended-before", "90d", "--workflow", "WF-1-00000000"], "give either --ended-before or --workflow"],
    [["--ended-before", "90d"], "give --export FILE, or --no-export to remove without a copy"],
    [["--ended-before", "90d", "--no-export", "--force"], "--force needs --workflow"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await admin(url, ["purge", ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("verify", () => {
  test.each<[string, (id: string) => Promise<unknown>, RegExp]>([
    ["a record that is missing", async (id) => redis.del(await findKey(`*:workflow:${id.slice(3)}`)), /has no record/],
    [
      "an entry that an index lacks",
      async () => redis.zremrangebyrank(await findKey("*ix:taskforce:schedd:ap"), 0, 0),
      /ix:taskforce:schedd:ap has 1 entries instead of 2/,
    ],
    [
      "an entry too many",
      async () => redis.zadd(await findKey("*ix:taskforce:phase:pending-starter"), 1, "1-00000000-00000000-00000000"),
      /phase:pending-starter has 3 entries instead of 2/,
    ],
    [
      "a wrong count",
      async () => redis.hincrby(await findKey("*:counts"), "pending-starter ap", 1),
      /is 3 instead of 2/,
    ],
    [
      "a lost queue",
      async () => redis.del(await findKey("*starter-ap*:prioritized")),
      /the starter queue of ap lacks TF-/,
    ],
  ])("finds %s", async (_, damage, sentence) => {
    const file = inFolder("all.ndjson");
    const id = await live(store, {
      ...life(1_700_000_000, ["launch"]),
      tasks: [
        { image: "image", taskforces: [1, 2].map(() => ({ schedd: "ap", steps: ["launch" as const], errors: {} })) },
      ],
    });
    await admin(url, ["export", file]);
    const other = await freshDatabase();
    redis.disconnect();
    redis = openRedis(other);
    await admin(other, ["import", file]);
    expect((await admin(other, ["verify"])).stdout).toMatch(/^0 differences/);
    await damage(id);
    const { code, stdout } = await admin(other, ["verify"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(sentence);
  });

  const findKey = async (pattern: string): Promise<string> => {
    const [key] = await findKeys(redis, pattern);
    if (key === undefined) throw new Error(`no key ${pattern}`);
    return key;
  };
});

test("stats shows the memory by kind, the largest and oldest workflows, and what a purge would free", async () => {
  const large = await live(store, {
    ...life(1_700_000_020, ["launch"]),
    tasks: [{ image: "image", taskforces: Array(5).fill({ schedd: "ap", steps: ["launch"], errors: {} }) }],
  });
  const oldest = await live(store, life(1_700_000_010, ["launch", "submit", "complete"]));
  const { stdout } = await admin(url, ["stats", "--ended-before", "2100-01-01", "--json"]);
  const { bytes, kinds, ...rest } = JSON.parse(stdout);
  const keys = Object.fromEntries(kinds.map(({ kind, keys }: { kind: string; keys: number }) => [kind, keys]));
  expect(keys).toMatchObject({ workflows: 2, "task directives": 2, taskforces: 6, configurations: 1 });
  expect(keys).not.toHaveProperty("keys of other programs");
  expect(bytes).toBe(kinds.reduce((sum: number, kind: { bytes: number }) => sum + kind.bytes, 0));
  expect(rest.largest.map(({ id }: { id: string }) => id)).toEqual([large, oldest]);
  expect(rest).toMatchObject({
    taskforces: 6,
    oldest: { id: oldest, timestamp: 1_700_000_010 },
    purgeable: { workflows: 1, taskforces: 1, estimatedBytes: Math.round(bytes / 6) },
  });
  const text = await admin(url, ["stats"]);
  expect(text.stdout).toMatch(/^ +0\.0 MiB {2}taskforces \(6 keys\)$/m);
  expect(text.stdout).toContain(`Oldest: ${oldest}, created 2023-11-14T22:13:30.000Z`);
});

test("the settings of ports and authentication are not needed", async () => {
  const production = { NODE_ENV: "production", REST_HOST: "0.0.0.0", METRICS_PORT: "1" };
  const { code, stderr } = await admin(url, ["export", inFolder("all.ndjson")], production);
  expect([code, stderr]).toEqual([0, ""]);
});

test("the commands, their options and errors are explained", async () => {
  const help = await admin(url, ["--help"]);
  expect(help.code).toBe(0);
  for (const verb of ["export", "import", "verify", "purge", "stats", "migrate"]) {
    expect(help.stdout).toContain(`  ${verb}`);
    expect((await admin(url, [verb, "--help"])).stdout).toContain("--json");
  }
  const wrong = await admin(url, ["exprot", "x"]);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("Did you mean export?")]);
  const time = await admin(url, ["export", "x", "--since", "yesterday"]);
  expect([time.code, time.stderr]).toEqual([2, expect.stringContaining("expected a date such as 2026-08-31")]);
  const gone = await admin("redis://127.0.0.1:1", ["export", inFolder("x")], { REDIS_WAIT_SECONDS: "0" });
  expect(gone.code).toBe(5);
});
