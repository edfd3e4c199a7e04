/**
 * How the service fares with 10,000, 100,000 and a million taskforces in its store: latencies, memory, start-up and reconcile.
 *
 *   npm run bench:growth [-- --most 100000] [--requests 400]     (a million: some eight minutes, and 3 GB of memory)
 *
 * Exit code 1 when a 99th percentile with the most taskforces is above 1.5 times that with 10,000, or when somebody was blocked.
 */
import { setTimeout as delay } from "node:timers/promises";
import { reconcile } from "../src/lifecycle/reconcile.js";
import { BLOCKED, blockedBy } from "./blocking.js";
import { Caller } from "./timedHttpClient.js";
import { ms, option, quantile, table } from "./figures.js";
import { memoryByKind } from "./memoryByKind.js";
import { CLUSTER_LOCATIONS, Population } from "./population.js";
import { onSite, type Site } from "./benchEnvironment.js";
import { STEPS, type Step, Workload } from "./workload.js";

/** The most that a 99th percentile may grow. */
const FLAT = 1.5;
/** Rounds at each size, and requests of each kind in one. The median of the rounds' percentiles is shown. */
const ROUNDS = 5;
const REQUESTS = option("requests", 400);
/** Bytes of a page, so that a hundredth one is there with 10,000 taskforces. */
const PAGE_BYTES = 32 * 1024;

/** Milliseconds. */
type Latencies = Map<Step, { p50: number; p99: number }>;

async function measure(workload: Workload): Promise<Latencies> {
  const rounds: Map<Step, number[]>[] = [];
  await workload.findLatePages();
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const took = new Map<Step, number[]>(STEPS.map((step) => [step, []]));
    for (let n = 0; n < REQUESTS; n++)
      for (const [step, answer] of await workload.once()) took.get(step)?.push(answer);
    if (round > 0) rounds.push(took);
  }
  const median = (step: Step, part: number) =>
    quantile(
      rounds.map((round) => quantile(round.get(step) ?? [], part)),
      0.5,
    );
  return new Map(STEPS.map((step) => [step, { p50: median(step, 0.5), p99: median(step, 0.99) }]));
}

function tellLatencies(bySize: ReadonlyMap<number, Latencies>): boolean {
  const sizes = [...bySize.keys()];
  let flat = true;
  const rows = STEPS.map((step) => {
    const at = (size: number | undefined) =>
      bySize.get(size ?? 0)?.get(step) ?? { p50: Number.NaN, p99: Number.NaN };
    const ratio = at(sizes.at(-1)).p99 / at(sizes[0]).p99;
    flat = flat && ratio <= FLAT;
    const cells = sizes.map((size) => `${ms(at(size).p50)} / ${ms(at(size).p99)}`);
    return [step, ...cells, `${ratio.toFixed(2)}${ratio > FLAT ? " !" : ""}`];
  });
  console.log(
    `\nMilliseconds, median / 99th percentile; the last column is the growth of the latter, at most ${FLAT}\n`,
  );
  console.log(table(["taskforces", ...sizes.map((size) => size.toLocaleString("en")), "ratio"], rows));
  return flat;
}

async function usedMemory({ redis }: Site): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
}

/** How a worker process starts, and does its first pass of reconcile; then one more pass, in this process. */
async function tellReconcile(site: Site): Promise<boolean> {
  const began = performance.now();
  let metrics = "";
  const start = await blockedBy(site.redisUrl, async () => {
    const worker = await site.start("worker");
    do {
      await delay(250);
      metrics = await (await fetch(`${worker.url}/metrics`)).text();
    } while (!/wms_periodic_runs_total\{[^}]*reconcile[^}]*\} [1-9]/.test(metrics));
    await worker.stop();
  });
  const started = (performance.now() - began) / 1000;
  const again = performance.now();
  const pass = await blockedBy(site.redisUrl, () => reconcile(site.wms));
  const seconds = (performance.now() - again) / 1000;
  // The event loop of the worker can't be watched from here.
  const row = (what: string, took: number, redis: number, eventLoop = "") => [
    what,
    took.toFixed(1),
    ms(redis),
    eventLoop,
  ];
  console.log(`\nStart and reconcile; nobody may wait longer than ${BLOCKED} ms\n`);
  console.log(
    table(
      ["", "seconds", "longest PING, ms", "longest wait for the event loop, ms"],
      [
        row("a worker starts, and its first pass", started, start.redis),
        row("another pass", seconds, pass.redis, ms(pass.eventLoop)),
      ],
    ),
  );
  console.log(`\n(that pass mended: ${JSON.stringify(pass.result)})`);
  return Math.max(start.redis, pass.redis, pass.eventLoop) <= BLOCKED;
}

async function grow(site: Site): Promise<boolean> {
  const most = option("most", 1_000_000);
  const sizes = [10_000, 100_000, 1_000_000].filter((size) => size <= most);
  const empty = await usedMemory(site);
  const web = await site.start("web");
  const population = new Population(site.wms);
  const caller = new Caller(web.url, 1);
  const workload = new Workload(caller, population);
  const bySize = new Map<number, Latencies>();
  let unblocked = true;
  for (const size of sizes) {
    const began = performance.now();
    await population.growTo(size);
    const seconds = (performance.now() - began) / 1000;
    const bytes = ((await usedMemory(site)) - empty) / population.size;
    console.log(`\n## ${size.toLocaleString("en")} taskforces\n`);
    console.log(
      `Grown in ${Math.round(seconds)} s; ${Math.round(bytes)} bytes of Redis' memory for each taskforce\n`,
    );
    console.log(await memoryByKind(site.redis, population.size));
    bySize.set(size, await measure(workload));
    unblocked = (await tellReconcile(site)) && unblocked;
  }
  caller.close();
  return tellLatencies(bySize) && unblocked;
}

await onSite(
  { CLUSTER_LOCATIONS, USER_QUERY_MAX_BYTES: String(PAGE_BYTES), RECONCILE_SECONDS: "3600" },
  grow,
);
