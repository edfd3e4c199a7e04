/**
 * The same load on clusters of one and of three masters: how many requests are answered, and how much of a master's time they take.
 *
 *   npm run bench:cluster [-- --webs 2]
 *
 * Where processes share cores, requests in a second measure the cores. What a master spends on a thousand requests does not: it
 * says at how many of them its core would be full.
 */
import { setTimeout as delay } from "node:timers/promises";
import autocannon from "autocannon";
import { Redis } from "ioredis";
import { startCluster } from "../scripts/redis/localCluster.js";
import { largest, ms, option, table } from "./figures.js";
import { clusterLocations, scheddOf, workflowRequest } from "./prepare.js";
import { startServer } from "./serverProcess.js";
import { redisCpu } from "./processFigures.js";

const SECONDS = 10;
const CONNECTIONS = 32;
const PARTITIONS = "48";
/** Workflows that are read in turn, so that they lie on all masters. */
const READ = 500;
/** So many that their queues lie on all masters, too. */
const SITES = Array.from({ length: 12 }, (_, n) => `site-${n}`);
const CLUSTER_LOCATIONS = clusterLocations(SITES);
const KINDS = ["created", "read", "polled"] as const;

/** What a kind of request came to. */
interface Figures {
  /** Answers in a second. */
  rate: number;
  /** Milliseconds of processor time for a thousand requests: of the busiest master, and of all together. */
  busiest: number;
  all: number;
}

async function measure(masters: number, webs: number): Promise<Record<(typeof KINDS)[number], Figures>> {
  const cluster = await startCluster({ masters });
  const clients = cluster.servers.map(({ url }) => new Redis(url));
  const started: { stop(): Promise<void> }[] = [cluster];
  try {
    const urls: string[] = [];
    while (urls.length < webs) {
      const server = await startServer([urls.length === 0 ? "dist/main.js" : "dist/web.js"], {
        REDIS_CLUSTER_NODES: cluster.addresses,
        STORE_PARTITIONS: PARTITIONS,
        CLUSTER_LOCATIONS,
        REST_PORT: "0",
        LOG_LEVEL: "fatal",
      });
      started.push(server);
      urls.push(server.url);
    }
    const figures = (requests: autocannon.Request[]) => underLoad(clients, urls, requests);
    const created = await figures(
      SITES.map((site) => ({
        method: "POST",
        path: "/v1/workflows",
        body: JSON.stringify(workflowRequest(1, [site])),
      })),
    );
    const read = await figures(await reads(urls[0] ?? ""));
    // What was created is launched meanwhile.
    await delay(SECONDS * 1000);
    const polled = await figures(
      SITES.map((site) => ({ path: `/v1/tms/pending-starter/taskforces?schedd=${scheddOf(site)}` })),
    );
    return { created, read, polled };
  } finally {
    for (const client of clients) client.disconnect();
    for (const each of started.reverse()) await each.stop();
  }
}

/** Requests for workflows that are there. */
async function reads(url: string): Promise<autocannon.Request[]> {
  const found = await fetch(`${url}/v1/query/workflows`, {
    method: "POST",
    body: JSON.stringify({ query: {}, projection: ["workflow_id"] }),
  });
  const { workflows } = (await found.json()) as { workflows: { workflow_id: string }[] };
  return workflows.slice(0, READ).map(({ workflow_id }) => ({ path: `/v1/workflows/${workflow_id}` }));
}

async function underLoad(
  masters: readonly Redis[],
  urls: readonly string[],
  requests: autocannon.Request[],
): Promise<Figures> {
  const before = await Promise.all(masters.map(redisCpu));
  const results = await Promise.all(
    urls.map((url) => autocannon({ url, connections: CONNECTIONS, duration: SECONDS, requests })),
  );
  const after = await Promise.all(masters.map(redisCpu));
  const bad = results.reduce((sum, { non2xx, errors }) => sum + non2xx + errors, 0);
  if (bad > 0) throw new Error(`${bad} requests failed`);
  const answered = results.reduce((sum, { "2xx": good }) => sum + good, 0);
  const spent = after.map((time, index) => (1e6 * (time - (before[index] ?? 0))) / answered);
  return {
    rate: results.reduce((sum, { requests }) => sum + requests.average, 0),
    busiest: largest(spent),
    all: spent.reduce((sum, time) => sum + time, 0),
  };
}

const webs = option("webs", 2);
const [one, three] = [await measure(1, webs), await measure(3, webs)];
const ratio = (of: number, to: number) => (of / to).toFixed(2);
console.log(
  table(
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
    KINDS.map((kind) => {
      const [alone, shared] = [one[kind], three[kind]];
      return [
        kind,
        Math.round(alone.rate),
        Math.round(shared.rate),
        ratio(shared.rate, alone.rate),
        ms(alone.busiest),
        ms(shared.busiest),
        Math.round(1e6 / alone.busiest),
        Math.round(1e6 / shared.busiest),
        ratio(alone.busiest, shared.busiest),
        ratio(shared.all, alone.all),
      ];
    }),
  ),
);
