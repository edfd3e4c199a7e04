import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

/** Milliseconds between two looks. */
const POLL_INTERVAL_MS = 20;
/** What is written so that a stopped replica's connection fills up. */
const FILLER_VALUE = "x".repeat(1 << 20);
/** Bytes that the master has to keep for a replica itself before nothing more reaches it. */
const STALLED_OUTPUT_BYTES = 8 << 20;

/** Asks one server, by its port. */
export async function withRedisClient<T>(port: number, action: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1");
  try {
    return await action(redis);
  } finally {
    redis.disconnect();
  }
}

/** The process of a server. */
export const redisProcessId = (port: number): Promise<number> =>
  withRedisClient(port, async (redis) => Number(/^process_id:(\d+)/m.exec(await redis.info("server"))?.[1]));

/** Waits until so many replicas follow a master. */
export const waitForReplicas = (port: number, replicas: number): Promise<void> =>
  withRedisClient(port, async (redis) => {
    while ((await redis.info("replication")).split("state=online").length <= replicas) await delay(POLL_INTERVAL_MS);
  });

/**
 * Stops replicas of a master, and fills what lies between them: else the kernel takes in what the master sends, and a
 * replica that goes on reads all of it, though the master is dead. From then on the master keeps to itself what they miss.
 *
 * @returns lets them go on
 */
export async function pauseReplicas(port: number, replicas: number): Promise<() => void> {
  return withRedisClient(port, async (master) => {
    const replicationInfo = await master.info("replication");
    const ports = [...replicationInfo.matchAll(/^slave\d+:ip=[^,]*,port=(\d+)/gm)].map(([, at]) => Number(at));
    const stopped = await Promise.all(ports.slice(0, replicas).map(redisProcessId));
    for (const pid of stopped) process.kill(pid, "SIGSTOP");
    const resumeReplicas = () => {
      for (const pid of stopped) process.kill(pid, "SIGCONT");
    };
    try {
      const key = await findWritableKey(master);
      while ((await countStalledReplicas(master)) < stopped.length) await master.set(key, FILLER_VALUE, "PX", 60_000);
    } catch (error) {
      resumeReplicas();
      throw error;
    }
    return resumeReplicas;
  });
}

/** How many replicas don't take what the master has for them. */
async function countStalledReplicas(master: Redis): Promise<number> {
  const clients = String(await master.call("CLIENT", "LIST", "TYPE", "REPLICA"));
  return [...clients.matchAll(/ omem=(\d+)/g)].filter(([, bytes]) => Number(bytes) > STALLED_OUTPUT_BYTES).length;
}

/** A key that a master takes: those of a cluster take those of their slots. */
async function findWritableKey(master: Redis): Promise<string> {
  for (let n = 0; ; n++) {
    const key = `filler-${n}`;
    const refused = await master.set(key, "", "PX", 60_000).catch((error: Error) => error);
    if (refused === "OK") return key;
    if (!(refused instanceof Error && refused.message.startsWith("MOVED"))) throw refused;
  }
}
