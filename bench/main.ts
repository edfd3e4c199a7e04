/**
 * Measures the service and bare baselines alternately in one run, and prints their ratios.
 *
 *   npm run bench [-- <part of a name> …]
 *
 * Exit code 1 if a ratio is below its minimum.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureRedisServer } from "../scripts/setup/ensureRedisServer.js";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { createWorkflowBenchmark } from "./createOne.js";
import { leaseAndSubmitBenchmark } from "./leaseAndSubmit.js";
import { type PreparedStore, prepareStore } from "./prepare.js";
import { compareAlternating, type MeasureRate, type RatioStatistics } from "./ratio.js";
import { readTaskforceBenchmark } from "./readTaskforce.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";
import { reportStatusesBenchmark } from "./statusesOfMany.js";

/** The servers and the store of a benchmark. */
export interface BenchContext extends PreparedStore {
  ours: ServerProcess;
  baseline: ServerProcess;
}

/** A comparison with its minimum ratio. */
export interface Benchmark {
  name: string;
  minRatio: number;
  rounds: number;
  setUp(bench: BenchContext): Promise<{ ours: MeasureRate; baseline: MeasureRate }>;
}

const BENCHMARKS: Benchmark[] = [
  readTaskforceBenchmark,
  leaseAndSubmitBenchmark,
  createWorkflowBenchmark,
  reportStatusesBenchmark,
];

function printRatio({ name, minRatio }: Benchmark, ratio: RatioStatistics): boolean {
  const good = ratio.median >= minRatio;
  const spread = `${ratio.lowest.toFixed(2)}…${ratio.highest.toFixed(2)}`;
  const rates = `${Math.round(ratio.ours)}/s against ${Math.round(ratio.baseline)}/s`;
  console.log(
    `${good ? "ok   " : "BELOW"} ${name}: ratio ${ratio.median.toFixed(2)} (${spread}), at least ${minRatio}; ${rates}`,
  );
  return good;
}

async function run(names: string[]): Promise<boolean> {
  const dataDir = mkdtempSync(join(tmpdir(), "wms-bench-"));
  await ensureRedisServer();
  const redis = await startOwnRedis({
    dataDir,
    appendOnly: false,
  });
  const environment = { REDIS_URL: redis.location.url, REST_PORT: "0", LOG_LEVEL: "warn" };
  const started: { stop(): Promise<void> }[] = [redis];
  const stopLater = <T extends { stop(): Promise<void> }>(server: T): T => {
    started.push(server);
    return server;
  };
  try {
    const preparation = await prepareStore(redis.location.url);
    started.push({ stop: preparation.close });
    const ours = stopLater(await startServerProcess(["dist/web.js"], environment));
    const baseline = stopLater(await startServerProcess(["--import", "tsx", "bench/baseline.ts", redis.location.url]));
    return await runAll(names, { ...preparation, ours, baseline });
  } finally {
    for (const each of started.reverse()) await each.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function runAll(names: string[], bench: BenchContext): Promise<boolean> {
  let good = true;
  for (const benchmark of BENCHMARKS.filter(({ name }) => names.every((part) => name.includes(part)))) {
    await bench.redis.flushdb();
    await bench.redis.hset("wms:layout", "partitions", bench.wms.store.partitions);
    const sides = await benchmark.setUp(bench);
    good = printRatio(benchmark, await compareAlternating(sides.ours, sides.baseline, benchmark.rounds)) && good;
  }
  return good;
}

process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
