import type { Cluster, Redis } from "ioredis";
import type { Logger } from "pino";
import { formatServer, isCluster, onConnected, type RedisClient } from "./redisClient.js";

/** The reason of the last connection error. */
interface LastError {
  reason: string | undefined;
}

/** Logs one line when the connection to Redis, or to a node of a cluster, is lost, and one when it is back. */
export function logConnection(client: RedisClient, log: Logger): LastError {
  const last = recordConnectionErrors(client);
  if (isCluster(client)) logClusterConnections(client, log, last);
  else logSingleConnection(client, log, last);
  onConnected(client, () => {
    last.reason = undefined;
  });
  return last;
}

/** Records connection errors, which ioredis prints when there is no listener. */
export function recordConnectionErrors(client: RedisClient): LastError {
  const last: LastError = { reason: undefined };
  const record = (error: Error) => {
    last.reason = connectionErrorReason(error);
  };
  client.on("error", record);
  if (isCluster(client)) client.on("node error", record);
  return last;
}

/** The message of a connection error. For a cluster it is the message of its last node. */
function connectionErrorReason(error: Error): string | undefined {
  const { code, lastNodeError } = error as NodeJS.ErrnoException & { lastNodeError?: Error | null };
  return lastNodeError ? connectionErrorReason(lastNodeError) : error.message || code;
}

function logSingleConnection(redis: Redis, log: Logger, last: LastError): void {
  let wasConnected = false;
  let isLost = false;
  redis.on("ready", () => {
    wasConnected = true;
    if (isLost) log.info("the connection to Redis is back");
    isLost = false;
  });
  // A close by this process emits no such event.
  redis.on("reconnecting", () => {
    if (!wasConnected || isLost) return;
    isLost = true;
    log.warn({ reason: last.reason ?? "closed by Redis" }, "the connection to Redis is lost");
  });
}

function logClusterConnections(cluster: Cluster, log: Logger, last: LastError): void {
  const connectedServers = new Set<string>();
  const lostServers = new Set<string>();
  onConnected(cluster, (server) => {
    if (lostServers.delete(server)) log.info({ server }, "the connection to a node of the Redis Cluster is back");
    // It may be a replica that took over from a lost master.
    else if (lostServers.size > 0 && !connectedServers.has(server))
      log.info({ server }, "connected to another node of the Redis Cluster");
    connectedServers.add(server);
  });
  cluster.on("-node", (node: Redis) => {
    const server = formatServer(node);
    const isClosing = cluster.status === "disconnecting" || cluster.status === "end";
    if (isClosing || !connectedServers.has(server) || lostServers.has(server)) return;
    lostServers.add(server);
    log.warn(
      { server, reason: last.reason ?? "closed by Redis" },
      "the connection to a node of the Redis Cluster is lost",
    );
  });
}
