/**
 * Measures the service against bare baselines, in turns in one run, and prints ratios.
 *
 *   npm run bench [-- <part of a name> …]
 *
 * Exit code 1 when a ratio is below its bar.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { startOwnRedis } from "../src/redis/provideRedis.js";
import { createOne } from "./createOne.js";
import { type Preparation, prepare } from "./prepare.js";
import { type ServerProcess, startServer } from "./serverProcess.js";
import { compare, type Ratio, type Round } from "./ratio.js";
import { readTaskforce } from "./readTaskforce.js";
import { statusesOfMany } from "./statusesOfMany.js";
import { takeAndSubmit } from "./leaseAndSubmit.js";

/** What a benchmark works with. */
export interface Bench extends Preparation {
  ours: ServerProcess;
  baseline: ServerProcess;
}

/** A comparison: what is done, and the least ratio that is acceptable. */
export interface Benchmark {
  name: string;
  atLeast: number;
  rounds: number;
  setUp(bench: Bench): Promise<{ ours: Round; baseline: Round }>;
}

const BENCHMARKS: Benchmark[] = [readTaskforce, takeAndSubmit, createOne, statusesOfMany];

function report({ name, atLeast }: Benchmark, ratio: Ratio): boolean {
  const good = ratio.median >= atLeast;
  const spread = `${ratio.lowest.toFixed(2)}…${ratio.highest.toFixed(2)}`;
  const rates = `${Math.round(ratio.ours)}/s against ${Math.round(ratio.baseline)}/s`;
  console.log(
    `${good ? "ok   " : "BELOW"} ${name}: ratio ${ratio.median.toFixed(2)} (${spread}), at least ${atLeast}; ${rates}`,
  );
  return good;
}

async function run(names: string[]): Promise<boolean> {
  const dataDir = mkdtempSync(join(tmpdir(), "wms-bench-"));
  const redis = await startOwnRedis({
    dataDir,
    appendOnly: false,
    log: pino({ level: "warn" }),
  });
  const environment = { REDIS_URL: redis.location.url, REST_PORT: "0", LOG_LEVEL: "warn" };
  const started: { stop(): Promise<void> }[] = [redis];
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    started.push(server);
    return server;
  };
  try {
    const preparation = await prepare(redis.location.url);
    started.push({ stop: preparation.close });
    const ours = keep(await startServer(["dist/web.js"], environment));
    const baseline = keep(await startServer(["--import", "tsx", "bench/baseline.ts", redis.location.url]));
    return await runAll(names, { ...preparation, ours, baseline });
  } finally {
    for (const each of started.reverse()) await each.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function runAll(names: string[], bench: Bench): Promise<boolean> {
  let good = true;
  for (const benchmark of BENCHMARKS.filter(({ name }) => names.every((part) => name.includes(part)))) {
    await bench.redis.flushdb();
    await bench.redis.hset("wms:layout", "partitions", bench.wms.store.partitions);
    const sides = await benchmark.setUp(bench);
    good = report(benchmark, await compare(sides.ours, sides.baseline, benchmark.rounds)) && good;
  }
  return good;
}

process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
