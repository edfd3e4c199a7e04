/**
 * Measures latencies, memory, start-up and reconcile with 10,000, 100,000 and a million taskforces in the store. Redis keeps an
 * append-only file.
 *
 *   npm run bench:growth [-- --most 100000] [--requests 400] [--scans 2]     (a million: 15 minutes and 3 GB of memory)
 *
 * Exit code 1 if a 99th percentile with the most taskforces exceeds 1.5 times that with 10,000, or if a client was blocked.
 */
import { setTimeout as delay } from "node:timers/promises";
import { reconcile } from "../src/lifecycle/reconcile.js";
import { type BenchEnvironment, withBenchEnvironment } from "./benchEnvironment.js";
import { MAX_BLOCKING_MS, measureBlocking } from "./blocking.js";
import { formatMs, markdownTable, numericOption, quantile } from "./figures.js";
import { memoryByKindTable } from "./memoryByKind.js";
import { CLUSTER_LOCATIONS, Population } from "./population.js";
import { TimedHttpClient } from "./timedHttpClient.js";
import { SCAN_STEPS, WORKLOAD_STEPS, Workload } from "./workload.js";

/** Maximum growth of a 99th percentile, as a factor. */
const MAX_P99_GROWTH = 1.5;
/** Rounds at each size, and requests of each kind in a round. The table shows the median of the rounds' percentiles. */
const ROUNDS = 5;
const REQUESTS = numericOption("requests", 400);
/** Queries of all entities in a round. */
const SCANS = numericOption("scans", 2);
/** Bytes of a page: small enough for a hundred pages of 10,000 taskforces. */
const PAGE_BYTES = 32 * 1024;

/** Milliseconds, by kind of request. */
type Latencies = Map<string, { p50: number; p99: number }>;

/** Repeats requests in rounds, the first of which warms up. @param runOnce returns the milliseconds of each kind */
async function measureRounds(requests: number, runOnce: () => Promise<[string, number][]>): Promise<Latencies> {
  const rounds: Map<string, number[]>[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const took = new Map<string, number[]>();
    for (let n = 0; n < requests; n++)
      for (const [step, durationMs] of await runOnce()) {
        const durations = took.get(step) ?? [];
        took.set(step, durations);
        durations.push(durationMs);
      }
    if (round > 0) rounds.push(took);
  }
  const median = (step: string, part: number) =>
    quantile(
      rounds.map((round) => quantile(round.get(step) ?? [], part)),
      0.5,
    );
  const steps = [...(rounds[0]?.keys() ?? [])];
  return new Map(steps.map((step) => [step, { p50: median(step, 0.5), p99: median(step, 0.99) }]));
}

async function measureLatencies(workload: Workload): Promise<Latencies> {
  await workload.findLatePage();
  const mixed = await measureRounds(REQUESTS, () => workload.runOnce());
  return new Map([...mixed, ...(await measureRounds(SCANS, () => workload.scanOnce()))]);
}

function printLatencies(bySize: ReadonlyMap<number, Latencies>): boolean {
  const sizes = [...bySize.keys()];
  let flat = true;
  const rowOf = (step: string, isLimited: boolean) => {
    const at = (size: number | undefined) => bySize.get(size ?? 0)?.get(step) ?? { p50: Number.NaN, p99: Number.NaN };
    const ratio = at(sizes.at(-1)).p99 / at(sizes[0]).p99;
    const exceeds = isLimited && ratio > MAX_P99_GROWTH;
    flat = flat && !exceeds;
    const cells = sizes.map((size) => `${formatMs(at(size).p50)} / ${formatMs(at(size).p99)}`);
    return [step, ...cells, `${ratio.toFixed(2)}${exceeds ? " !" : ""}`];
  };
  const head = ["taskforces", ...sizes.map((size) => size.toLocaleString("en")), "ratio"];
  console.log(
    `\nMilliseconds, median / 99th percentile; the last column is the growth of the latter, at most ${MAX_P99_GROWTH}\n`,
  );
  console.log(
    markdownTable(
      head,
      WORKLOAD_STEPS.map((step) => rowOf(step, true)),
    ),
  );
  console.log("\nFirst pages of queries that read all entities, without a limit\n");
  console.log(
    markdownTable(
      head,
      SCAN_STEPS.map((step) => rowOf(step, false)),
    ),
  );
  return flat;
}

async function usedMemoryBytes({ redis }: BenchEnvironment): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
}

/** Waits until Redis has rewritten its append-only file, as it does several times while the population grows. */
async function untilFileIsRewritten({ redis }: BenchEnvironment): Promise<void> {
  while (/^aof_rewrite_(in_progress|scheduled):1/m.test(await redis.info("persistence"))) await delay(250);
}

/** Measures the start of a worker with its first pass of reconcile, and another pass in this process. */
async function measureReconcile(site: BenchEnvironment): Promise<boolean> {
  const began = performance.now();
  let metrics = "";
  const start = await measureBlocking(site.redisUrl, async () => {
    const worker = await site.startProcess("worker");
    do {
      await delay(250);
      metrics = await (await fetch(`${worker.url}/metrics`)).text();
    } while (!/wms_periodic_runs_total\{[^}]*reconcile[^}]*\} [1-9]/.test(metrics));
    await worker.stop();
  });
  const started = (performance.now() - began) / 1000;
  const again = performance.now();
  const pass = await measureBlocking(site.redisUrl, () => reconcile(site.wms));
  const seconds = (performance.now() - again) / 1000;
  // This process cannot measure the event loop of the worker.
  const row = (what: string, took: number, redis: number, eventLoop = "") => [
    what,
    took.toFixed(1),
    formatMs(redis),
    eventLoop,
  ];
  console.log(`\nStart and reconcile; a client may wait at most ${MAX_BLOCKING_MS} ms\n`);
  console.log(
    markdownTable(
      ["", "seconds", "longest PING, ms", "longest wait for the event loop, ms"],
      [
        row("a worker starts, and its first pass", started, start.redisMs),
        row("another pass", seconds, pass.redisMs, formatMs(pass.eventLoopMs)),
      ],
    ),
  );
  console.log(`\n(repairs of the other pass: ${JSON.stringify(pass.result)})`);
  return Math.max(start.redisMs, pass.redisMs, pass.eventLoopMs) <= MAX_BLOCKING_MS;
}

async function runGrowthBenchmark(site: BenchEnvironment): Promise<boolean> {
  const maxTaskforces = numericOption("most", 1_000_000);
  const sizes = [10_000, 100_000, 1_000_000].filter((size) => size <= maxTaskforces);
  const empty = await usedMemoryBytes(site);
  const web = await site.startProcess("web");
  const population = new Population(site.wms);
  const caller = new TimedHttpClient(web.url, 1);
  const workload = new Workload(caller, population);
  const bySize = new Map<number, Latencies>();
  let unblocked = true;
  for (const size of sizes) {
    const began = performance.now();
    await population.growTo(size);
    const seconds = (performance.now() - began) / 1000;
    await untilFileIsRewritten(site);
    const bytes = ((await usedMemoryBytes(site)) - empty) / population.taskforceCount;
    console.log(`\n## ${size.toLocaleString("en")} taskforces\n`);
    console.log(`Grown in ${Math.round(seconds)} s; ${Math.round(bytes)} bytes of Redis' memory for each taskforce\n`);
    console.log(await memoryByKindTable(site.redis, population.taskforceCount));
    bySize.set(size, await measureLatencies(workload));
    unblocked = (await measureReconcile(site)) && unblocked;
  }
  caller.close();
  return printLatencies(bySize) && unblocked;
}

await withBenchEnvironment(
  { CLUSTER_LOCATIONS, USER_QUERY_MAX_BYTES: String(PAGE_BYTES), RECONCILE_SECONDS: "3600" },
  runGrowthBenchmark,
  { appendOnly: true },
);
