import type { Cluster, Redis } from "ioredis";
import type { Logger } from "pino";
import { formatServer, isCluster, onConnected, type RedisClient } from "./redisClient.js";

/** Tells the last reason of a loss. */
type ReadLastReason = () => string | undefined;

/**
 * Logs one line when a connection is lost and one when it is back, however many attempts lie between: the connection to Redis,
 * or that to a node of a cluster.
 */
export function logConnection(client: RedisClient, log: Logger): ReadLastReason {
  let reason: string | undefined;
  // Every failed attempt raises one, and without a listener ioredis prints it.
  const recordReason = (error: Error) => {
    reason = connectionErrorReason(error);
  };
  client.on("error", recordReason);
  if (isCluster(client)) {
    client.on("node error", recordReason);
    logClusterConnections(client, log, () => reason);
  } else logSingleConnection(client, log, () => reason);
  onConnected(client, () => {
    reason = undefined;
  });
  return () => reason;
}

/** What an error of a connection says; that all nodes of a cluster failed says nothing, but what the last one said does. */
export function connectionErrorReason(error: Error): string | undefined {
  const { code, lastNodeError } = error as NodeJS.ErrnoException & { lastNodeError?: Error | null };
  return lastNodeError ? connectionErrorReason(lastNodeError) : error.message || code;
}

function logSingleConnection(redis: Redis, log: Logger, readLastReason: ReadLastReason): void {
  let wasConnected = false;
  let isLost = false;
  redis.on("ready", () => {
    wasConnected = true;
    if (isLost) log.info("the connection to Redis is back");
    isLost = false;
  });
  // Not raised by a close of our own.
  redis.on("reconnecting", () => {
    if (!wasConnected || isLost) return;
    isLost = true;
    log.warn({ reason: readLastReason() ?? "closed by Redis" }, "the connection to Redis is lost");
  });
}

function logClusterConnections(cluster: Cluster, log: Logger, readLastReason: ReadLastReason): void {
  const connectedServers = new Set<string>();
  const lostServers = new Set<string>();
  onConnected(cluster, (server) => {
    if (lostServers.delete(server)) log.info({ server }, "the connection to a node of the Redis Cluster is back");
    // It took over from a lost one.
    else if (lostServers.size > 0 && !connectedServers.has(server))
      log.info({ server }, "there is a connection to another node of the Redis Cluster");
    connectedServers.add(server);
  });
  cluster.on("-node", (node: Redis) => {
    const server = formatServer(node);
    const isClosing = cluster.status === "disconnecting" || cluster.status === "end";
    if (isClosing || !connectedServers.has(server) || lostServers.has(server)) return;
    lostServers.add(server);
    log.warn(
      { server, reason: readLastReason() ?? "closed by Redis" },
      "the connection to a node of the Redis Cluster is lost",
    );
  });
}
