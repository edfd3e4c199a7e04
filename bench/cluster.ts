import { setTimeout as delay } from "node:timers/promises";
import autocannon from "autocannon";
import { startCluster } from "../scripts/redis/cluster.js";
import { workflowRequest } from "./prepare.js";
import { startServer } from "./processes.js";

/*
 * npm run bench:cluster -- [web processes]
 *
 * The same load on clusters of one and of three masters, with as many web processes and one worker process. Give it a machine
 * with more cores than processes, or it measures the machine.
 */

const SECONDS = 10;
const CONNECTIONS = 32;
const PARTITIONS = "48";
/** Workflows that are read in turn, so that they lie on all masters. */
const READ = 500;

interface Rates {
  created: number;
  read: number;
  polled: number;
}

const rate = async (urls: readonly string[], options: Omit<autocannon.Options, "url">): Promise<number> => {
  const all = await Promise.all(
    urls.map((url) => autocannon({ connections: CONNECTIONS, duration: SECONDS, ...options, url })),
  );
  const bad = all.reduce((sum, { non2xx, errors }) => sum + non2xx + errors, 0);
  if (bad > 0) throw new Error(`${bad} requests failed`);
  return all.reduce((sum, { requests }) => sum + requests.average, 0);
};

async function measure(masters: number, webs: number): Promise<Rates> {
  const cluster = await startCluster({ masters });
  const started: { stop(): Promise<void> }[] = [cluster];
  try {
    const environment = {
      REDIS_CLUSTER_NODES: cluster.addresses,
      STORE_PARTITIONS: PARTITIONS,
      REST_PORT: "0",
    };
    const start = async (program: string, more: Record<string, string> = {}) => {
      const server = await startServer([program], { ...environment, LOG_LEVEL: "fatal", ...more });
      started.push(server);
      return server.url;
    };
    const urls = [await start("dist/main.js")];
    while (urls.length < webs) urls.push(await start("dist/web.js"));
    const create: Omit<autocannon.Options, "url"> = {
      method: "POST",
      body: JSON.stringify(workflowRequest(1)),
    };
    const created = await rate(
      urls.map((url) => `${url}/v1/workflows`),
      create,
    );
    const found = await fetch(`${urls[0]}/v1/query/workflows`, {
      method: "POST",
      body: JSON.stringify({ query: {}, projection: ["workflow_id"] }),
    });
    const { workflows } = (await found.json()) as { workflows: { workflow_id: string }[] };
    const reads = workflows
      .slice(0, READ)
      .map(({ workflow_id }) => ({ path: `/v1/workflows/${workflow_id}` }));
    const read = await rate(urls, { requests: reads });
    // What was created is launched meanwhile.
    await delay(SECONDS * 1000);
    const polled = await rate(
      urls.map((url) => `${url}/v1/tms/pending-starter/taskforces?schedd=SCHEDD1`),
      {},
    );
    return { created, read, polled };
  } finally {
    for (const each of started.reverse()) await each.stop();
  }
}

const webs = Number(process.argv[2] ?? 2);
const [one, three] = [await measure(1, webs), await measure(3, webs)];
console.log("requests/s | 1 master | 3 masters | ratio");
for (const name of ["created", "read", "polled"] as const)
  console.log(
    `${name} | ${Math.round(one[name])} | ${Math.round(three[name])} | ${(three[name] / one[name]).toFixed(2)}`,
  );
