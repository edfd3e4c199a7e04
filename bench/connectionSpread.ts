/**
 * Measures how evenly connections are spread over the processes behind one port: by the service with `WEB_CONCURRENCY`, and
 * by the ways that Node offers.
 *
 *   npm run bench:spread [-- --rounds 16]
 *
 * Exit code 1 if a process of the service gets more than its part and one connection.
 */
import { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { sendRequest } from "../test/setup/http.js";
import { withBenchEnvironment } from "./benchEnvironment.js";
import { markdownTable, maxOf, numericOption, quantile } from "./figures.js";
import { startServerProcess } from "./serverProcess.js";

const PROCESSES = [2, 4];
const CONNECTIONS = [8, 16, 64, 256];
/** Milliseconds between two rounds. */
const SETTLE_MS = 100;
const ROUNDS = numericOption("rounds", 16);

/** Sends a request over each of several connections that are opened at once. @returns the bodies */
async function openConnections(url: string, count: number): Promise<string[]> {
  const agent = new Agent({ keepAlive: true });
  const answers = await Promise.all(Array.from({ length: count }, () => sendRequest(url, { agent })));
  agent.destroy();
  // The processes have to notice that the connections are closed.
  await delay(SETTLE_MS);
  return answers.map(({ text }) => text);
}

/** The largest part that a process got in each round, in equal parts: 1 is even. */
type LargestParts = number[];

const largestPart = (byProcess: readonly number[], processes: number, connections: number): number =>
  (maxOf(byProcess) * processes) / connections;

async function measureNode(way: string, processes: number): Promise<LargestParts[]> {
  const server = await startServerProcess(["--import", "tsx", "bench/spreadServer.ts", way, String(processes)]);
  try {
    return await measureRounds(async (connections) => {
      const pids = await openConnections(server.url, connections);
      return [...new Set(pids)].map((pid) => pids.filter((each) => each === pid).length);
    }, processes);
  } finally {
    await server.stop();
  }
}

/** @param url of a service. @returns the requests to `/v1/` so far, by the name of the process */
async function requestsByProcess(url: string): Promise<Map<string, number>> {
  // Kept open, this connection would count too.
  const { text } = await sendRequest(`${url}/metrics`, { headers: { connection: "close" } });
  const line = /^wms_http_request_duration_seconds_count\{(.*)\} (\d+)$/gm;
  const ofRoute = [...text.matchAll(line)].filter(([, labels = ""]) => labels.includes('route="/v1/"'));
  return new Map(ofRoute.map(([, labels = "", value]) => [/process="([^"]+)"/.exec(labels)?.[1] ?? "", Number(value)]));
}

async function measureService(url: string, processes: number): Promise<LargestParts[]> {
  return measureRounds(async (connections) => {
    const before = await requestsByProcess(url);
    await openConnections(`${url}/v1/`, connections);
    const after = await requestsByProcess(url);
    return [...after].map(([name, value]) => value - (before.get(name) ?? 0));
  }, processes);
}

/** @returns for each number of connections, the largest parts */
async function measureRounds(
  countByProcess: (connections: number) => Promise<number[]>,
  processes: number,
): Promise<LargestParts[]> {
  const parts: LargestParts[] = [];
  for (const connections of CONNECTIONS) {
    const rounds: LargestParts = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push(largestPart(await countByProcess(connections), processes, connections));
    parts.push(rounds);
  }
  return parts;
}

/** Node ignores unknown options of `listen`, and the second process would fail. */
const hasReusePort = (): boolean => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 12);
};

await withBenchEnvironment({}, async ({ startProcess }) => {
  const rows: string[][] = [];
  let isEven = true;
  const addRow = (way: string, processes: number, parts: LargestParts[]) =>
    rows.push([
      `${way}, ${processes} processes`,
      ...parts.map((rounds) => `${quantile(rounds, 0.5).toFixed(2)} / ${maxOf(rounds).toFixed(2)}`),
    ]);
  for (const processes of PROCESSES) {
    for (const way of ["kernel", "round-robin", ...(hasReusePort() ? ["reusePort"] : [])])
      addRow(`Node: ${way}`, processes, await measureNode(way, processes));
    const service = await startProcess("web", { WEB_CONCURRENCY: String(processes) });
    const parts = await measureService(service.url, processes);
    addRow("the service", processes, parts);
    isEven = isEven && parts.every((rounds, index) => maxOf(rounds) <= 1 + processes / (CONNECTIONS[index] ?? 0));
    await service.stop();
  }
  console.log(
    `Node ${process.versions.node}: the largest part that a process got, in equal parts; median / worst of ${ROUNDS}\n`,
  );
  console.log(markdownTable(["connections opened at once", ...CONNECTIONS.map(String)], rows));
  if (!hasReusePort()) console.log("\nreusePort: not measured, Node 22.12 has it first");
  return isEven;
});
