import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { isCluster, onConnected, pingMasters, type RedisClient } from "./redisClient.js";

/**
 * Milliseconds between two commands that only watch a connection. A silent connection is found also while it is not in
 * use, firewalls do not drop it for being idle, and a demoted master, which answers reads with old data, is left.
 */
const WATCH_INTERVAL_MS = 2000;

/**
 * Watches the connections of a client. A single Redis that has become a replica is left: after a failover, the name of a
 * managed Redis leads to another server, but the old one keeps its clients. A new connection resolves the name again. In a
 * Redis Cluster, replicas redirect the client.
 */
export function watchConnections(client: RedisClient, log: Logger): void {
  let isWatching = false;
  const watch = async () => {
    if (isWatching || client.status !== "ready") return;
    isWatching = true;
    try {
      if (isCluster(client)) await pingMasters(client);
      else await leaveReplica(client, log);
    } catch {
      // The connection is lost, and so replaced, or the user may not use ROLE.
    } finally {
      isWatching = false;
    }
  };
  // The first command of each connection: requests read nothing from a replica before.
  onConnected(client, watch);
  const timer = setInterval(watch, WATCH_INTERVAL_MS).unref();
  client.once("end", () => clearInterval(timer));
}

/** Clients whose last connection led to a replica. */
const misled = new WeakSet<RedisClient>();

/** Whether the address of a client leads to a replica, so that the client looks for the master. */
export const leadsToReplica = (client: RedisClient): boolean => misled.has(client);

async function leaveReplica(redis: Redis, log: Logger): Promise<void> {
  const [role] = await redis.role();
  if (role !== "slave") misled.delete(redis);
  else if (redis.status === "ready") {
    if (!misled.has(redis)) log.warn("this Redis is a replica now; the service looks for its master again");
    misled.add(redis);
    redis.disconnect(true);
  }
}
