import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

/** Milliseconds between two polls. */
const POLL_INTERVAL_MS = 20;
/** A value that fills the connection of a stopped replica. */
const FILLER_VALUE = "x".repeat(1 << 20);
/** Bytes in the master's output buffer at which a replica's connection counts as full. */
const STALLED_OUTPUT_BYTES = 8 << 20;

/** Runs an action with a client of one server. */
export async function withRedisClient<T>(port: number, action: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1");
  try {
    return await action(redis);
  } finally {
    redis.disconnect();
  }
}

/** The process id of a server. */
export const redisProcessId = (port: number): Promise<number> =>
  withRedisClient(port, async (redis) => Number(/^process_id:(\d+)/m.exec(await redis.info("server"))?.[1]));

/** Waits until a master has the given number of connected replicas. */
export const waitForReplicas = (port: number, replicas: number): Promise<void> =>
  withRedisClient(port, async (redis) => {
    while ((await redis.info("replication")).split("state=online").length <= replicas) await delay(POLL_INTERVAL_MS);
  });

/**
 * Stops replicas of a master and fills their connections. Otherwise the kernel would buffer the master's writes, and the
 * resumed replicas would receive them after the master's death.
 *
 * @returns a function that resumes the replicas
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

/** Number of replicas with a full connection. */
async function countStalledReplicas(master: Redis): Promise<number> {
  const clients = String(await master.call("CLIENT", "LIST", "TYPE", "REPLICA"));
  return [...clients.matchAll(/ omem=(\d+)/g)].filter(([, bytes]) => Number(bytes) > STALLED_OUTPUT_BYTES).length;
}

/** Finds a key that a master accepts: a cluster's master accepts only keys of its slots. */
async function findWritableKey(master: Redis): Promise<string> {
  for (let n = 0; ; n++) {
    const key = `filler-${n}`;
    const refused = await master.set(key, "", "PX", 60_000).catch((error: Error) => error);
    if (refused === "OK") return key;
    if (!(refused instanceof Error && refused.message.startsWith("MOVED"))) throw refused;
  }
}
