/**
 * Measures the resident memory of a web process, a worker process and Redis with 20,000 taskforces: at rest, under load,
 * and at rest after it.
 *
 *   npm run bench:memory [-- --taskforces 20000] [--requests 2000]
 *
 * Exit code 1 if all three together take more than the limit at rest before the load.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type BenchEnvironment, withBenchEnvironment } from "./benchEnvironment.js";
import { markdownTable, numericOption } from "./figures.js";
import { leaseAndSubmitRequests } from "./leaseAndSubmit.js";
import { peakResidentBytes, resetPeakResident } from "./linuxProcess.js";
import { CLUSTER_LOCATIONS, LOCATIONS, Population, scheddAtLocation } from "./population.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { formatMib, readProcessFigures } from "./processFigures.js";
import { measureRequestRate } from "./requestRate.js";
import type { ServerProcess } from "./serverProcess.js";

const TASKFORCES = numericOption("taskforces", 20_000);
/** Creations, and as many hand-outs with their reports. */
const REQUESTS = numericOption("requests", 2000);
const CONNECTIONS = 32;
/** Pages of whole taskforces, one after the other. */
const PAGES = 10;
/** MiB of the three processes together. */
const MAX_AT_REST_MIB = 250;
/** Milliseconds until idle processes have collected their garbage. */
const REST_MS = 60_000;

/** Resident bytes. */
type Resident = Record<"web" | "worker" | "Redis", number>;

async function readResident({ redis }: BenchEnvironment, web: ServerProcess, worker: ServerProcess): Promise<Resident> {
  const [ofWeb, ofWorker] = [await readProcessFigures(web.url), await readProcessFigures(worker.url)];
  const ofRedis = /^used_memory_rss:(\d+)/m.exec(await redis.info("memory"))?.[1];
  return { web: ofWeb.rssBytes, worker: ofWorker.rssBytes, Redis: Number(ofRedis) };
}

async function sendLoad(web: ServerProcess): Promise<void> {
  const [location = ""] = LOCATIONS;
  const creation = JSON.stringify(sampleWorkflowRequest(1, [location]));
  const query = JSON.stringify({ query: {} });
  await measureRequestRate(web.url, CONNECTIONS, REQUESTS, [{ method: "POST", path: "/v1/workflows", body: creation }]);
  const pairs = leaseAndSubmitRequests(scheddAtLocation(location));
  await measureRequestRate(web.url, CONNECTIONS, 2 * REQUESTS, pairs);
  await measureRequestRate(web.url, 1, PAGES, [{ method: "POST", path: "/v1/query/taskforces", body: query }]);
}

async function runMemoryBenchmark(site: BenchEnvironment): Promise<boolean> {
  await new Population(site.wms).growTo(TASKFORCES);
  const [web, worker] = [await site.startProcess("web"), await site.startProcess("worker")];
  const read = () => readResident(site, web, worker);
  await delay(REST_MS);
  const before = await read();
  for (const { pid } of [web, worker]) resetPeakResident(pid);
  await sendLoad(web);
  const peak = { web: peakResidentBytes(web.pid) ?? 0, worker: peakResidentBytes(worker.pid) ?? 0 };
  await delay(REST_MS);
  const after = await read();

  const rowOf = (name: keyof Resident, most = "") => [name, formatMib(before[name]), most, formatMib(after[name])];
  const sumOf = (resident: Resident) => resident.web + resident.worker + resident.Redis;
  const rows = [
    rowOf("web", formatMib(peak.web)),
    rowOf("worker", formatMib(peak.worker)),
    rowOf("Redis"),
    ["together", formatMib(sumOf(before)), "", formatMib(sumOf(after))],
  ];
  const head = ["resident MiB", "at rest", "at most under load", "a minute after the load"];
  console.log(`${TASKFORCES} taskforces\n\n${markdownTable(head, rows)}`);
  return sumOf(before) <= MAX_AT_REST_MIB * 1024 * 1024;
}

await withBenchEnvironment({ CLUSTER_LOCATIONS }, runMemoryBenchmark, { appendOnly: true });
