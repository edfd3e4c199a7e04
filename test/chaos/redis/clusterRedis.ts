import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { Cluster } from "ioredis";
import { ensureRedisServer } from "../../../scripts/setup/ensureRedisServer.js";
import { pickFreePort } from "../../setup/freePort.js";
import { waitUntil } from "../../setup/waitFor.js";
import type { Interval } from "../evidence.js";
import { RedisProcess } from "./redisProcess.js";
import { lossInterval, type RedisSystem } from "./redisSystem.js";

const MASTERS = 3;
const NODES = 2 * MASTERS;

/** Starts a cluster of three masters with a replica each. */
export async function startClusterRedis(folder: string): Promise<RedisSystem> {
  const command = await ensureRedisServer();
  const startNode = async (name: string) => {
    const dir = join(folder, name);
    await mkdir(dir);
    return RedisProcess.start(command, dir, {
      "cluster-enabled": "yes",
      "cluster-announce-ip": "127.0.0.1",
      "cluster-port": String(await pickFreePort()),
      "cluster-node-timeout": "2000",
    });
  };
  const nodes = await Promise.all(Array.from({ length: NODES }, (_, n) => startNode(`redis-${n}`)));
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const creation = ["--cluster", "create", ...addresses, "--cluster-replicas", "1", "--cluster-yes"];
  await promisify(execFile)(command.replace("server", "cli"), creation);
  const losses: Interval[] = [];

  const stateOf = (node: RedisProcess) =>
    node.run(async (redis) => ({
      isWhole: String(await redis.cluster("INFO")).includes("cluster_state:ok"),
      replication: await redis.info("replication"),
    }));
  const isMaster = ({ replication }: { replication: string }) => replication.includes("role:master");
  /** Until then, the death of a master would lose its slots. */
  const waitUntilWhole = () =>
    waitUntil(
      "each master has a replica",
      async () => {
        const states = await Promise.all(nodes.map(stateOf));
        return (
          states.every(({ isWhole }) => isWhole) &&
          states.filter(isMaster).length === MASTERS &&
          states.filter(isMaster).every(({ replication }) => replication.includes("state=online"))
        );
      },
      60_000,
    );
  await waitUntilWhole();
  const chooseMaster = async (target: number): Promise<RedisProcess> => {
    const states = await Promise.all(nodes.map(stateOf));
    const masters = nodes.filter((_, index) => isMaster(states[index] as (typeof states)[number]));
    return masters[target % masters.length] as RedisProcess;
  };
  return {
    environmentOf: () => ({ REDIS_URL: "", REDIS_CLUSTER_NODES: addresses.join() }),
    proxies: [],
    losses,
    connect: () =>
      new Cluster(
        nodes.map(({ port }) => ({ host: "127.0.0.1", port })),
        { clusterRetryStrategy: () => 100, redisOptions: { maxRetriesPerRequest: null } },
      ),
    async kill(durationMs, target) {
      const master = await chooseMaster(target);
      losses.push(lossInterval(Date.now(), Date.now(), false));
      await master.kill();
      const others = nodes.filter((node) => node !== master);
      await waitUntil(
        "its replica has taken over",
        async () => (await Promise.all(others.map(stateOf))).filter(isMaster).length === MASTERS,
        60_000,
      );
      await wait(durationMs);
      await master.start();
      await waitUntilWhole();
    },
    async stop(durationMs, target) {
      const master = await chooseMaster(target);
      const beganAtMs = Date.now();
      await master.suspend(durationMs);
      losses.push(lossInterval(beganAtMs, Date.now(), true));
      await waitUntilWhole();
    },
    fillDisk: async (durationMs, target) => (await chooseMaster(target)).fillDisk(durationMs),
    demote: () => Promise.reject(new Error("the cluster chooses its masters")),
    async close() {
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
}
