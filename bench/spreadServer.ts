/**
 * A server of several processes on one port, which responds with the id of the process: what Node offers, for
 * `connectionSpread.ts`.
 *
 *   node --import tsx bench/spreadServer.ts <way> <processes>
 */
import cluster from "node:cluster";
import { createServer } from "node:http";
import type { AddressInfo, ListenOptions } from "node:net";
import { pickFreePort } from "../test/setup/freePort.js";

const [, , way, processes] = process.argv;

if (cluster.isPrimary) {
  cluster.schedulingPolicy = way === "round-robin" ? cluster.SCHED_RR : cluster.SCHED_NONE;
  const PORT = String(await pickFreePort());
  const workers = Array.from({ length: Number(processes) }, () => cluster.fork({ PORT }));
  const urls = workers.map((worker) => new Promise<string>((resolve) => worker.once("message", resolve)));
  const [url] = await Promise.all(urls);
  console.log(`listens on ${url}/`);
  process.once("SIGTERM", () => process.exit());
} else {
  const server = createServer((_request, response) => response.end(String(process.pid)));
  const options = { host: "127.0.0.1", port: Number(process.env["PORT"]) };
  // Node 22.12 and newer have the option; its types here are those of Node 20.
  const reusePort = { exclusive: true, reusePort: true } as ListenOptions;
  server.listen({ ...options, ...(way === "reusePort" && reusePort) }, () =>
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
}
