import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import { ensureRedisServer } from "../../src/redis/redisExecutable.js";
import { freePort, leashed, type RedisServer, startServer } from "../../src/redis/redisServer.js";

const NAME = "wms";

/** What the sentinels are told. Milliseconds. */
const SENTINEL = `
sentinel down-after-milliseconds ${NAME} 500
sentinel failover-timeout ${NAME} 3000
sentinel parallel-syncs ${NAME} 1
`;

/** What the sentinels watch. */
export interface SentinelsOptions {
  replicas?: number;
  /** Further settings of every server, by the names of `redis.conf`. */
  settings?: Record<string, string>;
}

/** A Redis with replicas and three sentinels on this machine, for tests. */
export interface LocalSentinels {
  master: RedisServer;
  replicas: RedisServer[];
  /** As `REDIS_SENTINELS` takes them. */
  addresses: string;
  /** As `REDIS_SENTINEL_NAME`. */
  name: string;
  stop(): Promise<void>;
}

/**
 * Starts them all, and waits until each sentinel knows the others and the replicas. Nothing of it outlives this process.
 */
export async function startSentinels({
  replicas: howMany = 1,
  settings = {},
}: SentinelsOptions = {}): Promise<LocalSentinels> {
  const folder = await mkdtemp(join(tmpdir(), "wms-sentinels-"));
  const command = await ensureRedisServer((line) => console.error(line));
  const start = (name: string) =>
    startServer({ command, dir: join(folder, name), appendOnly: false, settings: async () => settings });
  const master = await start("master");
  const replicas = await Promise.all(Array.from({ length: howMany }, (_, n) => start(`replica-${n}`)));
  for (const { port } of replicas) await tell(port, (redis) => follow(redis, master.port));
  const sentinels = await Promise.all(
    [0, 1, 2].map((n) => startSentinel(command, join(folder, `sentinel-${n}`), master.port)),
  );
  await Promise.all(sentinels.map(({ port }) => tell(port, (redis) => knowsAll(redis, howMany))));
  return {
    master,
    replicas,
    addresses: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(","),
    name: NAME,
    async stop() {
      await Promise.all([...sentinels, master, ...replicas].map((each) => each.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function tell<T>(port: number, what: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1");
  // It may not listen yet.
  redis.on("error", () => undefined);
  try {
    return await what(redis);
  } finally {
    redis.disconnect();
  }
}

async function follow(replica: Redis, masterPort: number): Promise<void> {
  await replica.replicaof("127.0.0.1", masterPort);
  while (!/^master_link_status:up/m.test(await replica.info("replication"))) await delay(20);
}

/** The same program as a server. It keeps what it learns in its configuration file. */
async function startSentinel(
  command: string,
  dir: string,
  masterPort: number,
): Promise<{ port: number; stop(): Promise<void> }> {
  await mkdir(dir, { recursive: true });
  const file = join(dir, "sentinel.conf");
  await writeFile(file, `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2\n${SENTINEL}`);
  const port = await freePort();
  const child = leashed(command, [
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
  await tell(port, (redis) => redis.ping());
  return {
    port,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

async function knowsAll(sentinel: Redis, replicas: number): Promise<void> {
  for (;;) {
    const told = (await sentinel.call("SENTINEL", "MASTER", NAME)) as string[];
    const field = (name: string) => told[told.indexOf(name) + 1];
    if (field("num-slaves") === String(replicas) && field("num-other-sentinels") === "2") return;
    await delay(50);
  }
}
