/**
 * Measures ewms-admin: import, verify, export and purge of a population, with the memory of each command.
 *
 *   npm run bench:transfer [-- --taskforces 100000]      (a million: some 20 minutes, and 2 GB of memory for Redis)
 *
 * The baseline is what Redis and ioredis need for the same records without any check: one hash and five entries of sorted
 * sets for each taskforce, in pipelines. Exit code 1 below 3,000 taskforces a second for the import, or above 300 MB.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { ensureRedisServer } from "../scripts/setup/ensureRedisServer.js";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { markdownTable, numericOption } from "./figures.js";
import { peakResidentBytes } from "./linuxProcess.js";
import { writePopulation } from "./transferPopulation.js";

const TASKFORCES = numericOption("taskforces", 100_000);
const MIN_IMPORTS_PER_SECOND = 3000;
const MAX_BYTES = 300e6;
/** Milliseconds between two reads of the memory of a command. */
const MEMORY_INTERVAL_MS = 50;
/** Bytes of a record in the baseline, and records in one of its pipelines. */
const RECORD_BYTES = 700;
const BASELINE_BATCH = 500;

interface Measured {
  seconds: number;
  peakBytes: number;
  stdout: string;
}

/** Runs a command of the tool. @throws Error for an unexpected exit code */
async function run(redisUrl: string, args: string[]): Promise<Measured> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ["dist/admin.js", ...args], {
    env: { ...process.env, REDIS_URL: redisUrl, NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = peakResidentBytes(child.pid ?? 0) ?? peakBytes;
  }, MEMORY_INTERVAL_MS);
  const [code] = (await once(child, "exit")) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`ewms-admin ${args.join(" ")}: exit code ${code}\n${stdout}`);
  return { seconds: (performance.now() - startedMs) / 1000, peakBytes, stdout };
}

/** Writes records of the same size and the same number of index entries. @returns seconds */
async function measureBaseline(url: string): Promise<number> {
  const redis = new Redis(url);
  const record = "x".repeat(RECORD_BYTES);
  const startedMs = performance.now();
  for (let first = 0; first < TASKFORCES; first += BASELINE_BATCH) {
    const pipeline = redis.pipeline();
    for (let n = first; n < Math.min(TASKFORCES, first + BASELINE_BATCH); n++) {
      pipeline.hset(`record:${n}`, "phase", "condor-complete", "schedd", "ap", "rest", record);
      for (const index of ["all", "phase", "schedd", `workflow:${Math.floor(n / 10)}`, `cluster:${n}`])
        pipeline.zadd(`index:${index}`, n, String(n));
    }
    await pipeline.exec();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  await redis.flushall();
  redis.disconnect();
  return seconds;
}

const folder = mkdtempSync(join(tmpdir(), "wms-bench-transfer-"));
await ensureRedisServer();
const redis = await startOwnRedis({ dataDir: join(folder, "redis"), appendOnly: false });
try {
  const { url } = redis.location;
  const file = join(folder, "population.ndjson.gz");
  await writePopulation(file, TASKFORCES);
  const baseline = await measureBaseline(url);
  const results = new Map<string, Measured>();
  results.set("import", await run(url, ["import", file]));
  results.set("import again, nothing changed", await run(url, ["import", file]));
  results.set("verify against the file", await run(url, ["verify", file]));
  results.set("export", await run(url, ["export", join(folder, "all.ndjson")]));
  results.set("export, compressed", await run(url, ["export", join(folder, "all.ndjson.gz")]));
  const purgeArgs = ["purge", "--ended-before", "2100-01-01", "--export", join(folder, "purged.ndjson.gz")];
  results.set("purge with export of nine tenths", await run(url, purgeArgs));

  const rows = [...results].map(([name, { seconds, peakBytes }]) => [
    name,
    Math.round(TASKFORCES / seconds).toLocaleString("en"),
    (baseline / seconds).toFixed(2),
    Math.round(peakBytes / 1e6),
  ]);
  console.log(`${TASKFORCES.toLocaleString("en")} taskforces; ratio: speed in relation to the baseline\n`);
  console.log(markdownTable(["command", "taskforces/s", "ratio", "peak MB"], rows));
  const size = (name: string) => Math.round(statSync(join(folder, name)).size / TASKFORCES);
  console.log(`\nBytes of the file for each taskforce: ${size("all.ndjson")}, compressed ${size("all.ndjson.gz")}`);
  const imported = results.get("import");
  const isFast = imported !== undefined && TASKFORCES / imported.seconds >= MIN_IMPORTS_PER_SECOND;
  const isSmall = [...results.values()].every(({ peakBytes }) => peakBytes <= MAX_BYTES);
  if (!isFast || !isSmall) process.exitCode = 1;
} finally {
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
}
