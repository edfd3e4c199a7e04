import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { findFreePort, type RedisServer, startRedisServer } from "../../src/redis/redisServer.js";
import { ensureRedisServer } from "../setup/ensureRedisServer.js";

const execFileAsync = promisify(execFile);

/** Options of a cluster. */
export interface ClusterOptions {
  masters: number;
  /** Replicas of each master. */
  replicas?: number;
  /** Further settings of every server, by the names of `redis.conf`. */
  settings?: Record<string, string>;
}

/** A Redis Cluster of servers on this machine, for tests and benchmarks. */
export interface LocalCluster {
  servers: RedisServer[];
  /** In the format of `REDIS_CLUSTER_NODES`. */
  addresses: string;
  stop(): Promise<void>;
}

/** Starts the servers and creates a cluster of them. They end with this process. */
export async function startCluster({ masters, replicas = 0, settings = {} }: ClusterOptions): Promise<LocalCluster> {
  const folder = await mkdtemp(join(tmpdir(), "wms-cluster-"));
  const command = await ensureRedisServer();
  const start = (n: number) =>
    startRedisServer({
      command,
      dir: join(folder, String(n)),
      appendOnly: false,
      settings: async () => ({
        "cluster-enabled": "yes",
        // A node that never met another one does not know its own address, and cannot return it to clients.
        "cluster-announce-ip": "127.0.0.1",
        // The default, 10,000 above the client port, may exceed the highest port.
        "cluster-port": String(await findFreePort()),
        ...settings,
      }),
    });
  const servers = await Promise.all(Array.from({ length: masters * (1 + replicas) }, (_, n) => start(n)));
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const howMany = ["--cluster-replicas", String(replicas), "--cluster-yes"];
    // redis-cli requires at least three masters.
    if (masters === 1) await assignAllSlots(servers[0]?.port ?? 0);
    else await execFileAsync(command.replace("server", "cli"), ["--cluster", "create", ...addresses, ...howMany]);
    await Promise.all(servers.map(waitForAllSlots));
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, addresses: addresses.join(","), stop };
}

/** Waits until each node reports a complete cluster: nodes agree on the slots before they know that none is missing. */
async function waitForAllSlots({ url }: RedisServer): Promise<void> {
  const redis = new Redis(url);
  try {
    while (!String(await redis.cluster("INFO")).includes("cluster_state:ok")) await delay(20);
  } finally {
    redis.disconnect();
  }
}

async function assignAllSlots(port: number): Promise<void> {
  const redis = new Redis(port, "127.0.0.1");
  await redis.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  redis.disconnect();
}
