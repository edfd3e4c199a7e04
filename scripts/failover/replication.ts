import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";

/** Milliseconds between two looks. */
const LOOK = 20;
/** What is written so that a stopped replica's connection fills up. */
const FILLER = "x".repeat(1 << 20);
/** Bytes that the master has to keep for a replica itself before nothing more reaches it. */
const HELD_BACK = 8 << 20;

/** Asks one server, by its port. */
export async function ask<T>(port: number, what: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1");
  try {
    return await what(redis);
  } finally {
    redis.disconnect();
  }
}

/** The process of a server. */
export const processOf = (port: number): Promise<number> =>
  ask(port, async (redis) => Number(/^process_id:(\d+)/m.exec(await redis.info("server"))?.[1]));

/** Waits until so many replicas follow a master. */
export const areFollowing = (port: number, replicas: number): Promise<void> =>
  ask(port, async (redis) => {
    while ((await redis.info("replication")).split("state=online").length <= replicas) await delay(LOOK);
  });

/**
 * Stops replicas of a master, and fills what lies between them: else the kernel takes in what the master sends, and a
 * replica that goes on reads all of it, though the master is dead. From then on the master keeps to itself what they miss.
 *
 * @returns lets them go on
 */
export async function holdBack(port: number, replicas: number): Promise<() => void> {
  return ask(port, async (master) => {
    const told = await master.info("replication");
    const ports = [...told.matchAll(/^slave\d+:ip=[^,]*,port=(\d+)/gm)].map(([, at]) => Number(at));
    const stopped = await Promise.all(ports.slice(0, replicas).map(processOf));
    for (const pid of stopped) process.kill(pid, "SIGSTOP");
    const goOn = () => {
      for (const pid of stopped) process.kill(pid, "SIGCONT");
    };
    try {
      const key = await keyOf(master);
      while ((await howManyWait(master)) < stopped.length) await master.set(key, FILLER, "PX", 60_000);
    } catch (error) {
      goOn();
      throw error;
    }
    return goOn;
  });
}

/** How many replicas don't take what the master has for them. */
async function howManyWait(master: Redis): Promise<number> {
  const clients = String(await master.call("CLIENT", "LIST", "TYPE", "REPLICA"));
  return [...clients.matchAll(/ omem=(\d+)/g)].filter(([, bytes]) => Number(bytes) > HELD_BACK).length;
}

/** A key that a master takes: those of a cluster take those of their slots. */
async function keyOf(master: Redis): Promise<string> {
  for (let n = 0; ; n++) {
    const key = `filler-${n}`;
    const refused = await master.set(key, "", "PX", 60_000).catch((error: Error) => error);
    if (refused === "OK") return key;
    if (!(refused instanceof Error && refused.message.startsWith("MOVED"))) throw refused;
  }
}
