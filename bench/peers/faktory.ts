import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { findFreePort } from "../../src/redis/redisServer.js";
import { leaseAndSubmitRequests } from "../leaseAndSubmit.js";
import { BENCH_SCHEDD } from "../prepare.js";
import { measureRequestRate } from "../requestRate.js";
import { FaktoryClient } from "./faktoryClient.js";
import { findOnPath } from "./findOnPath.js";
import { type Peer, TAKEN_PER_ROUND, TAKERS } from "./peer.js";

const QUEUE = "bench";

/** Starts Faktory with a data folder of its own. It starts its own Redis, which saves snapshots. */
async function startFaktory(): Promise<{ port: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "wms-faktory-"));
  const [port, webPort] = [await findFreePort(), await findFreePort()];
  const flags = ["-b", `127.0.0.1:${port}`, "-w", `127.0.0.1:${webPort}`, "-d", `${folder}/db`, "-c", folder];
  const child = spawn("faktory", [...flags, "-e", "development", "-l", "info"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const isListening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => {
        if (line.includes(`listening at 127.0.0.1:${port}`)) resolve();
      });
  });
  await Promise.race([
    isListening,
    ended.then(() => {
      throw new Error("faktory ended before it listened");
    }),
  ]);
  return {
    port,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Faktory: `FETCH` and `ACK` by consumers with one connection each. */
export const faktory: Peer = {
  name: "Faktory",
  takesTaskforces: true,
  findObstacle: async () => ((await findOnPath("faktory")) === undefined ? "faktory is not on the PATH" : undefined),
  async *compare({ ours }) {
    const server = await startFaktory();
    const consumers: FaktoryClient[] = [];
    try {
      while (consumers.length < TAKERS) consumers.push(await FaktoryClient.connect(server.port, randomUUID()));
      const [first] = consumers;
      yield {
        work: `take + submit against FETCH + ACK, ${TAKERS} consumers`,
        shows: "rate",
        ours: async () =>
          (await measureRequestRate(ours.url, TAKERS, 2 * TAKEN_PER_ROUND, leaseAndSubmitRequests(BENCH_SCHEDD))) / 2,
        async theirs() {
          await first?.push(
            QUEUE,
            Array.from({ length: TAKEN_PER_ROUND }, () => randomUUID()),
          );
          const began = performance.now();
          await Promise.all(
            consumers.map(async (consumer) => {
              for (let n = 0; n < TAKEN_PER_ROUND / TAKERS; n++) await consumer.ack(await consumer.fetch(QUEUE));
            }),
          );
          return (1000 * TAKEN_PER_ROUND) / (performance.now() - began);
        },
      };
    } finally {
      for (const consumer of consumers) consumer.close();
      await server.stop();
    }
  },
};
