/**
 * Measures the same load on clusters of one and of three masters: the request rate, and the processor time of the masters.
 *
 *   npm run bench:cluster [-- --webs 2]
 *
 * If processes share cores, the request rate depends on the cores. The processor time of a master for a thousand requests does
 * not: it shows the request rate that would fill the master's core.
 */
import { setTimeout as delay } from "node:timers/promises";
import autocannon from "autocannon";
import { Redis } from "ioredis";
import { startCluster } from "../scripts/redis/localCluster.js";
import { formatMs, markdownTable, maxOf, numericOption } from "./figures.js";
import { clusterLocationsOfSites, sampleWorkflowRequest, siteSchedd } from "./prepare.js";
import { redisCpuSeconds } from "./processFigures.js";
import { deployedNodeOptions, startServerProcess } from "./serverProcess.js";

const DURATION_SECONDS = 10;
const CONNECTIONS = 32;
const PARTITIONS = "48";
/** Number of workflows to read: enough to be on all masters. */
const MAX_READ_WORKFLOWS = 500;
/** Enough locations for their queues to be on all masters. */
const SITES = Array.from({ length: 12 }, (_, n) => `site-${n}`);
const CLUSTER_LOCATIONS = clusterLocationsOfSites(SITES);
const REQUEST_KINDS = ["created", "read", "polled"] as const;

/** The results of one kind of request. */
interface LoadFigures {
  /** Responses per second. */
  requestsPerSecond: number;
  /** Milliseconds of processor time for a thousand requests: of the busiest master, and of all masters together. */
  busiestMasterMs: number;
  allMastersMs: number;
}

async function measureMasters(
  masters: number,
  webs: number,
): Promise<Record<(typeof REQUEST_KINDS)[number], LoadFigures>> {
  const cluster = await startCluster({ masters });
  const clients = cluster.servers.map(({ url }) => new Redis(url));
  const started: { stop(): Promise<void> }[] = [cluster];
  try {
    const urls: string[] = [];
    while (urls.length < webs) {
      const server = await startServerProcess(
        [...deployedNodeOptions(), urls.length === 0 ? "dist/main.js" : "dist/web.js"],
        {
          REDIS_CLUSTER_NODES: cluster.addresses,
          STORE_PARTITIONS: PARTITIONS,
          CLUSTER_LOCATIONS,
          REST_PORT: "0",
          LOG_LEVEL: "fatal",
        },
      );
      started.push(server);
      urls.push(server.url);
    }
    const figures = (requests: autocannon.Request[]) => measureUnderLoad(clients, urls, requests);
    const created = await figures(
      SITES.map((site) => ({
        method: "POST",
        path: "/v1/workflows",
        body: JSON.stringify(sampleWorkflowRequest(1, [site])),
      })),
    );
    const read = await figures(await readRequests(urls[0] ?? ""));
    // The created taskforces are launched during this delay.
    await delay(DURATION_SECONDS * 1000);
    const polled = await figures(
      SITES.map((site) => ({ path: `/v1/tms/pending-starter/taskforces?schedd=${siteSchedd(site)}` })),
    );
    return { created, read, polled };
  } finally {
    for (const client of clients) client.disconnect();
    for (const each of started.reverse()) await each.stop();
  }
}

/** Requests for existing workflows. */
async function readRequests(url: string): Promise<autocannon.Request[]> {
  const found = await fetch(`${url}/v1/query/workflows`, {
    method: "POST",
    body: JSON.stringify({ query: {}, projection: ["workflow_id"] }),
  });
  const { workflows } = (await found.json()) as { workflows: { workflow_id: string }[] };
  return workflows.slice(0, MAX_READ_WORKFLOWS).map(({ workflow_id }) => ({ path: `/v1/workflows/${workflow_id}` }));
}

async function measureUnderLoad(
  masters: readonly Redis[],
  urls: readonly string[],
  requests: autocannon.Request[],
): Promise<LoadFigures> {
  const before = await Promise.all(masters.map(redisCpuSeconds));
  const results = await Promise.all(
    urls.map((url) => autocannon({ url, connections: CONNECTIONS, duration: DURATION_SECONDS, requests })),
  );
  const after = await Promise.all(masters.map(redisCpuSeconds));
  const bad = results.reduce((sum, { non2xx, errors }) => sum + non2xx + errors, 0);
  if (bad > 0) throw new Error(`${bad} requests failed`);
  const answered = results.reduce((sum, { "2xx": good }) => sum + good, 0);
  const spent = after.map((time, index) => (1e6 * (time - (before[index] ?? 0))) / answered);
  return {
    requestsPerSecond: results.reduce((sum, { requests }) => sum + requests.average, 0),
    busiestMasterMs: maxOf(spent),
    allMastersMs: spent.reduce((sum, time) => sum + time, 0),
  };
}

const webs = numericOption("webs", 2);
const [one, three] = [await measureMasters(1, webs), await measureMasters(3, webs)];
const ratio = (of: number, to: number) => (of / to).toFixed(2);
console.log(
  markdownTable(
    [
      "",
      "requests/s, 1 master",
      "3 masters",
      "ratio",
      "ms of the busiest master for 1,000 requests, 1 master",
      "3 masters",
      "its core is full at requests/s, 1 master",
      "3 masters",
      "ratio",
      "ms of all masters, 3 to 1",
    ],
    REQUEST_KINDS.map((kind) => {
      const [alone, shared] = [one[kind], three[kind]];
      return [
        kind,
        Math.round(alone.requestsPerSecond),
        Math.round(shared.requestsPerSecond),
        ratio(shared.requestsPerSecond, alone.requestsPerSecond),
        formatMs(alone.busiestMasterMs),
        formatMs(shared.busiestMasterMs),
        Math.round(1e6 / alone.busiestMasterMs),
        Math.round(1e6 / shared.busiestMasterMs),
        ratio(alone.busiestMasterMs, shared.busiestMasterMs),
        ratio(shared.allMastersMs, alone.allMastersMs),
      ];
    }),
  ),
);
