/**
 * Measures the service, as deployed, and bare baselines alternately in one run, and prints their ratios.
 *
 *   npm run bench [-- <part of a name> …] [--rounds 5] [--quick]
 *
 * `--quick` checks in seconds that every benchmark runs; its figures mean nothing, and no minimum applies. Otherwise the exit
 * code is 1 if a ratio is below its minimum.
 */
import { availableParallelism, cpus } from "node:os";
import { type BenchEnvironment, withBenchEnvironment } from "./benchEnvironment.js";
import { CLUSTER_LOCATIONS } from "./benchLocations.js";
import type { Benchmark, BenchServers, Sides, UnstartedBench } from "./benchmark.js";
import { BENCHMARK_PARTS } from "./benchmarkParts.js";
import { formatMs, markdownTable, numericOption } from "./figures.js";
import { waitUntilIdle } from "./linuxProcess.js";
import { populateForQueries } from "./queries/queryPopulation.js";
import { compareAlternating, type MeasureRate, type RatioStatistics } from "./ratio.js";
import { recordCreations } from "./recordedWrites.js";

const IS_QUICK = process.argv.includes("--quick");
const NAMES = process.argv.slice(2).filter((argument) => !/^(--.*|\d+)$/.test(argument));
const ROUNDS = numericOption("rounds", IS_QUICK ? 1 : 5);
/** Of a full run. */
const TASKFORCES = 20_000;
const WORKER_IDLE_TIMEOUT_MS = 60_000;

/** Describes how the service runs, as the Redis server and this machine report it. */
async function describeDeployment({ redis }: BenchEnvironment): Promise<string> {
  const [, version = "?"] = /^redis_version:(\S+)/m.exec(await redis.info("server")) ?? [];
  const setting = async (name: string) => ((await redis.config("GET", name)) as string[])[1];
  return (
    `Redis ${version}, appendonly ${await setting("appendonly")}, appendfsync ${await setting("appendfsync")}; ` +
    `one web and one worker process; Node ${process.versions.node}; ` +
    `${availableParallelism()} cores, ${cpus()[0]?.model}; ${new Date().toISOString().slice(0, 10)}`
  );
}

const cells = ({ shows }: Benchmark, perSecond: number): string =>
  shows === "rate" ? `${Math.round(perSecond)}/s` : `${formatMs(1000 / perSecond)} ms`;

function toRow(benchmark: Benchmark, { note }: Sides, ratio: RatioStatistics): string[] {
  const isBelow = ratio.median < benchmark.minRatio;
  return [
    note === undefined ? benchmark.name : `${benchmark.name}: ${note}`,
    cells(benchmark, ratio.ours),
    cells(benchmark, ratio.baseline),
    `${ratio.median.toFixed(2)}${isBelow ? " !" : ""}`,
    `${ratio.lowest.toFixed(2)}…${ratio.highest.toFixed(2)}`,
    String(benchmark.minRatio),
  ];
}

/** Runs benchmarks beside a worker process, which starts after they have filled the store. @returns a row for each */
async function runPart(benchmarks: readonly Benchmark[], bench: UnstartedBench, servers: BenchServers) {
  const rows: string[][] = [];
  const prepared: [Benchmark, (servers: BenchServers) => Promise<Sides>][] = [];
  for (const benchmark of benchmarks) prepared.push([benchmark, await benchmark.prepare(bench)]);
  const worker = await bench.startProcess("worker");
  const waitForWorker = async () => {
    if ((await waitUntilIdle(worker.pid, WORKER_IDLE_TIMEOUT_MS)) === undefined)
      throw new Error(`the worker was not idle within ${WORKER_IDLE_TIMEOUT_MS} ms`);
  };
  await waitForWorker();
  for (const [benchmark, start] of prepared) {
    const sides = await start(servers);
    const settled = (measure: MeasureRate): MeasureRate =>
      benchmark.givesWorkToWorker ? () => waitForWorker().then(measure) : measure;
    const ratio = await compareAlternating(settled(sides.ours), settled(sides.baseline), bench.rounds);
    if (benchmark.givesWorkToWorker) await waitForWorker();
    const row = toRow(benchmark, sides, ratio);
    rows.push(row);
    console.log(row.join("  "));
  }
  await worker.stop();
  return rows;
}

async function runBenchmarks(site: BenchEnvironment): Promise<boolean> {
  const scale: UnstartedBench["scale"] = (amount, least = 1) =>
    Math.max(least, Math.ceil(amount * (IS_QUICK ? 0.02 : 1)));
  const taskforces = scale(TASKFORCES);
  const recordings = await recordCreations(site.wms, site.redis);
  const targets = await populateForQueries(site, taskforces);
  const servers = {
    ours: await site.startProcess("web"),
    baseline: await site.startProgram("bench/baseline.ts"),
    queryBaseline: await site.startProgram("bench/queries/queryBaseline.ts"),
  };
  console.log(`${await describeDeployment(site)}; ${taskforces.toLocaleString("en")} taskforces stored\n`);
  const rows: string[][] = [];
  for (const part of BENCHMARK_PARTS) {
    const chosen = part.filter(({ name }) => NAMES.every((text) => name.includes(text)));
    if (chosen.length > 0)
      rows.push(...(await runPart(chosen, { ...site, scale, rounds: ROUNDS, recordings, targets }, servers)));
  }
  const head = ["work", "service", "baseline", "ratio", "lowest…highest", "minimum"];
  console.log(`\nRatio: rate of the service / rate of the baseline; higher is better\n\n${markdownTable(head, rows)}`);
  return IS_QUICK || !rows.some((row) => row.some((cell) => cell.endsWith(" !")));
}

await withBenchEnvironment({ CLUSTER_LOCATIONS }, runBenchmarks, { appendOnly: true });
