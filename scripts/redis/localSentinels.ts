import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import {
  findFreePort,
  type RedisServer,
  spawnKilledWithParent,
  startRedisServer,
} from "../../src/redis/redisServer.js";
import { ensureRedisServer } from "../setup/ensureRedisServer.js";

export const SENTINEL_NAME = "wms";

/** Settings of the sentinels. Times are milliseconds. */
const SENTINEL_CONFIG = `
sentinel down-after-milliseconds ${SENTINEL_NAME} 500
sentinel failover-timeout ${SENTINEL_NAME} 3000
sentinel parallel-syncs ${SENTINEL_NAME} 1
`;

/** Options of the watched servers. */
export interface SentinelsOptions {
  replicas?: number;
  /** Further settings of every server, by the names of `redis.conf`. */
  settings?: Record<string, string>;
}

/** A Redis with replicas and three sentinels on this machine, for tests. */
export interface LocalSentinels {
  master: RedisServer;
  replicas: RedisServer[];
  /** In the format of `REDIS_SENTINELS`. */
  addresses: string;
  /** For `REDIS_SENTINEL_NAME`. */
  name: string;
  stop(): Promise<void>;
}

/**
 * Starts the servers, and waits until each sentinel knows the others and the replicas. All end with this process.
 */
export async function startSentinels({
  replicas: replicaCount = 1,
  settings = {},
}: SentinelsOptions = {}): Promise<LocalSentinels> {
  const folder = await mkdtemp(join(tmpdir(), "wms-sentinels-"));
  const command = await ensureRedisServer();
  const start = (name: string) =>
    startRedisServer({ command, dir: join(folder, name), appendOnly: false, settings: async () => settings });
  const master = await start("master");
  const replicas = await Promise.all(Array.from({ length: replicaCount }, (_, n) => start(`replica-${n}`)));
  for (const { port } of replicas) await withRedisClient(port, (redis) => attachReplica(redis, master.port));
  const sentinels = await Promise.all(
    [0, 1, 2].map((n) => startSentinel(command, join(folder, `sentinel-${n}`), master.port)),
  );
  await Promise.all(
    sentinels.map(({ port }) => withRedisClient(port, (redis) => waitForDiscovery(redis, replicaCount))),
  );
  return {
    master,
    replicas,
    addresses: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(","),
    name: SENTINEL_NAME,
    async stop() {
      await Promise.all([...sentinels, master, ...replicas].map((each) => each.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function withRedisClient<T>(port: number, action: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1");
  // The sentinel may not listen yet.
  redis.on("error", () => undefined);
  try {
    return await action(redis);
  } finally {
    redis.disconnect();
  }
}

async function attachReplica(replica: Redis, masterPort: number): Promise<void> {
  await replica.replicaof("127.0.0.1", masterPort);
  while (!/^master_link_status:up/m.test(await replica.info("replication"))) await delay(20);
}

/** Starts a sentinel. It writes its state to its configuration file. */
export async function startSentinel(
  command: string,
  dir: string,
  masterPort: number,
): Promise<{ port: number; stop(): Promise<void> }> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, "sentinel.conf");
  await writeFile(file, `sentinel monitor ${SENTINEL_NAME} 127.0.0.1 ${masterPort} 2\n${SENTINEL_CONFIG}`);
  const port = await findFreePort();
  const child = spawnKilledWithParent(command, [
    file,
    "--sentinel",
    "--bind",
    "127.0.0.1",
    "--port",
    String(port),
    "--dir",
    dir,
  ]);
  child.stdout.resume();
  const ended = once(child, "exit");
  await withRedisClient(port, (redis) => redis.ping());
  return {
    port,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** Waits until a sentinel knows two others and the replicas. */
export async function waitForDiscovery(sentinel: Redis, replicas: number): Promise<void> {
  for (;;) {
    const masterInfo = (await sentinel.call("SENTINEL", "MASTER", SENTINEL_NAME)) as string[];
    const field = (name: string) => masterInfo[masterInfo.indexOf(name) + 1];
    if (field("num-slaves") === String(replicas) && field("num-other-sentinels") === "2") return;
    await delay(50);
  }
}
