import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { SENTINEL_NAME, startSentinel, waitForDiscovery } from "../../../scripts/redis/localSentinels.js";
import { ensureRedisServer } from "../../../scripts/setup/ensureRedisServer.js";
import { waitUntil } from "../../setup/waitFor.js";
import type { Interval } from "../evidence.js";
import { RedisProcess } from "./redisProcess.js";
import { lossInterval, type RedisSystem } from "./redisSystem.js";

const REPLICAS = 2;
/** A master accepts writes only while a replica has confirmed some within the last seconds. */
const SETTINGS = { "min-replicas-to-write": "1", "min-replicas-max-lag": "2" };

/**
 * Milliseconds. When two sentinels fail over at the same time, a master is replaced soon after its promotion. What it has
 * confirmed is lost, because no replica may have followed it yet.
 */
const YOUNG_MASTER_MS = 5000;

/** Starts a Redis with two replicas behind three sentinels. */
export async function startSentinelRedis(folder: string): Promise<RedisSystem> {
  const command = await ensureRedisServer();
  const startServer = async (name: string) => {
    const dir = join(folder, name);
    await mkdir(dir);
    return RedisProcess.start(command, dir, SETTINGS);
  };
  const servers = await Promise.all(Array.from({ length: 1 + REPLICAS }, (_, n) => startServer(`redis-${n}`)));
  const [first, ...replicas] = servers as [RedisProcess, ...RedisProcess[]];
  for (const replica of replicas)
    await replica.run(async (redis) => {
      await redis.replicaof("127.0.0.1", first.port);
      await waitUntil("a replica is synchronized", async () =>
        (await redis.info("replication")).includes("master_link_status:up"),
      );
    });
  const sentinels = await Promise.all(
    [0, 1, 2].map((n) => startSentinel(command, join(folder, `sentinel-${n}`), first.port)),
  );
  const asked = sentinels.map(({ port }) => new Redis(port));
  await Promise.all(asked.map((sentinel) => waitForDiscovery(sentinel, REPLICAS)));
  const losses: Interval[] = [];
  let lastSwitchMs = Number.NEGATIVE_INFINITY;
  const watcher = new Redis((sentinels[0] as (typeof sentinels)[number]).port);
  await watcher.subscribe("+switch-master");
  watcher.on("message", () => {
    const nowMs = Date.now();
    if (nowMs < lastSwitchMs + YOUNG_MASTER_MS) losses.push(lossInterval(lastSwitchMs, nowMs, true));
    lastSwitchMs = nowMs;
  });

  /** The ports that the sentinels name as that of the master. */
  const namedPorts = () =>
    Promise.all(
      asked.map(async (sentinel) => {
        const [, port] = (await sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SENTINEL_NAME)) as string[];
        return Number(port);
      }),
    );
  const findMaster = async (): Promise<RedisProcess> => {
    const [port] = await namedPorts();
    const master = servers.find((server) => server.port === port);
    if (master === undefined) throw new Error("the sentinels name an unknown server");
    return master;
  };
  const waitForAnother = (old: RedisProcess) =>
    waitUntil(
      "all sentinels name another master",
      async () => (await namedPorts()).every((port) => port !== old.port),
      60_000,
    );
  /** Whether no sentinel misses the master, or is replacing it. */
  const agreeOnMaster = async () => {
    const states = (await Promise.all(
      asked.map((sentinel) => sentinel.call("SENTINEL", "MASTER", SENTINEL_NAME)),
    )) as string[][];
    return states.every((fields) => fields[fields.indexOf("flags") + 1] === "master");
  };
  /** Until then, the death of another server would leave no replica to take over. */
  const waitUntilWhole = () =>
    waitUntil(
      "the sentinels agree on the master, and all replicas are synchronized",
      async () => {
        if (!(await agreeOnMaster())) return false;
        const master = await findMaster();
        const info = await master.run((redis) => redis.info("replication"));
        return info.split("state=online").length > REPLICAS;
      },
      60_000,
    );
  /** A fault for which the sentinels may replace a master that lives on. */
  const interruptMaster = async (fault: (master: RedisProcess) => Promise<void>) => {
    const master = await findMaster();
    const beganAtMs = Date.now();
    await fault(master);
    losses.push(lossInterval(beganAtMs, Date.now(), true));
    await waitUntilWhole();
  };
  const addresses = sentinels.map(({ port }) => `127.0.0.1:${port}`);
  return {
    environmentOf: () => ({ REDIS_URL: "", REDIS_SENTINELS: addresses.join(), REDIS_SENTINEL_NAME: SENTINEL_NAME }),
    proxies: [],
    losses,
    connect: () =>
      new Redis({
        name: SENTINEL_NAME,
        sentinels: sentinels.map(({ port }) => ({ host: "127.0.0.1", port })),
        maxRetriesPerRequest: null,
        sentinelRetryStrategy: () => 100,
        retryStrategy: () => 100,
      }),
    async kill(durationMs) {
      const master = await findMaster();
      losses.push(lossInterval(Date.now(), Date.now(), false));
      await master.kill();
      await waitForAnother(master);
      await wait(durationMs);
      const { port } = await findMaster();
      await master.start({ replicaof: `127.0.0.1 ${port}` });
      await waitUntilWhole();
    },
    stop: (durationMs) => interruptMaster((master) => master.suspend(durationMs)),
    // A master that can't write to its disk answers PING with an error, and the sentinels replace it.
    fillDisk: (durationMs) => interruptMaster((master) => master.fillDisk(durationMs)),
    demote: () => Promise.reject(new Error("the sentinels choose the master")),
    async close() {
      for (const sentinel of [...asked, watcher]) sentinel.disconnect();
      await Promise.all(sentinels.map((sentinel) => sentinel.stop()));
      await Promise.all(servers.map((server) => server.kill()));
    },
  };
}
