import type { Cluster, Redis } from "ioredis";
import type { Logger } from "pino";
import { isCluster, onConnected, type RedisClient, serverOf } from "./redisClient.js";

/** Tells the last reason of a loss. */
type Reason = () => string | undefined;

/**
 * Logs one line when a connection is lost and one when it is back, however many attempts lie between: the connection to Redis,
 * or that to a node of a cluster.
 */
export function logConnection(client: RedisClient, log: Logger): Reason {
  let reason: string | undefined;
  // Every failed attempt raises one, and without a listener ioredis prints it.
  const note = (error: Error) => {
    reason = reasonOf(error);
  };
  client.on("error", note);
  if (isCluster(client)) {
    client.on("node error", note);
    logNodes(client, log, () => reason);
  } else logOne(client, log, () => reason);
  onConnected(client, () => {
    reason = undefined;
  });
  return () => reason;
}

/** What an error of a connection says; that all nodes of a cluster failed says nothing, but what the last one said does. */
export function reasonOf(error: Error): string | undefined {
  const { code, lastNodeError } = error as NodeJS.ErrnoException & { lastNodeError?: Error | null };
  return lastNodeError ? reasonOf(lastNodeError) : error.message || code;
}

function logOne(redis: Redis, log: Logger, reason: Reason): void {
  let connected = false;
  let lost = false;
  redis.on("ready", () => {
    connected = true;
    if (lost) log.info("the connection to Redis is back");
    lost = false;
  });
  // Not raised by a close of our own.
  redis.on("reconnecting", () => {
    if (!connected || lost) return;
    lost = true;
    log.warn({ reason: reason() ?? "closed by Redis" }, "the connection to Redis is lost");
  });
}

function logNodes(cluster: Cluster, log: Logger, reason: Reason): void {
  const connected = new Set<string>();
  const lost = new Set<string>();
  onConnected(cluster, (server) => {
    if (lost.delete(server)) log.info({ server }, "the connection to a node of the Redis Cluster is back");
    // It took over from a lost one.
    else if (lost.size > 0 && !connected.has(server))
      log.info({ server }, "there is a connection to another node of the Redis Cluster");
    connected.add(server);
  });
  cluster.on("-node", (node: Redis) => {
    const server = serverOf(node);
    const closing = cluster.status === "disconnecting" || cluster.status === "end";
    if (closing || !connected.has(server) || lost.has(server)) return;
    lost.add(server);
    log.warn(
      { server, reason: reason() ?? "closed by Redis" },
      "the connection to a node of the Redis Cluster is lost",
    );
  });
}
