import type { Cluster, Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisLocation } from "../domain/redisLocation.js";
import { findRedisRefusal } from "../domain/redisOutage.js";
import { type ConnectionPolicy, openClient } from "./openClient.js";
import { RedisStartError, unreachableMessage } from "./redisAddress.js";
import { formatServer, isCluster, onConnected, pingMasters, type RedisClient } from "./redisClient.js";
import { watchConnections } from "./watchConnections.js";
import { COMMAND_TIMEOUT_MS } from "./writeDeadline.js";

/**
 * Milliseconds for which Redis may block a read of the client `follower`, or of a worker. Shorter blocks find a silent
 * connection sooner; an idle process sends a command for each.
 */
export const MAX_BLOCK_MS = 3000;
/**
 * Milliseconds after which a connection is replaced on which a reply is awaited and no byte came: the network may have
 * dropped it without a word. Longer than Redis usually stands still to fork or to flush a file.
 */
const SILENCE_MS = 4000;
/** Milliseconds until an attempt to connect is given up: the next one may reach another server of the same name. */
const CONNECT_TIMEOUT_MS = 3000;

/**
 * While Redis is unreachable every command fails at once, so clients get a 503 and no commands pile up. A command is never
 * sent twice, because it may have taken effect.
 */
const FAIL_FAST = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
};
const REQUEST_POLICY: ConnectionPolicy = {
  ...FAIL_FAST,
  commandTimeout: COMMAND_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
};

/** The clients of a process by their names in the log. Times are in milliseconds. */
const POLICIES = {
  /** For the store and the queues. */
  requests: REQUEST_POLICY,
  /** For large writes of the store. On the client for requests, other commands would wait behind them. */
  bulk: REQUEST_POLICY,
  /** For workers, which wait for Redis without a limit. A command time-out would end their blocking reads. */
  workers: {
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    socketTimeout: MAX_BLOCK_MS + SILENCE_MS,
    retryStrategy: (attempts: number) => Math.min(100 * attempts, 1000),
  },
  /** For following streams. Reads block. */
  follower: { ...FAIL_FAST, socketTimeout: MAX_BLOCK_MS + SILENCE_MS },
} satisfies Record<string, ConnectionPolicy>;

/** Connects a client. @throws RedisStartError when Redis does not answer */
export async function connectClient(
  location: RedisLocation,
  name: keyof typeof POLICIES,
  log: Logger,
): Promise<RedisClient> {
  const client = openClient(location, POLICIES[name]);
  const last = logConnection(client, log.child({ redis: name }));
  watchConnections(client, log.child({ redis: name }));
  try {
    await client.connect();
    // In a cluster, `connect` waits only for one node.
    await pingMasters(client);
    return client;
  } catch (error) {
    client.disconnect();
    throw new RedisStartError(`${unreachableMessage(location)} (${last.reason ?? (error as Error).message})`);
  }
}

/** The reason of the last connection error. */
interface LastError {
  reason: string | undefined;
}

/** Logs one line when the connection to Redis, or to a node of a cluster, is lost, and one when it is back. */
function logConnection(client: RedisClient, log: Logger): LastError {
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
  /** Why Redis refused the last attempt to connect. */
  let refusal: string | undefined;
  redis.on("ready", () => {
    wasConnected = true;
    if (isLost) log.info("the connection to Redis is back");
    isLost = false;
    refusal = undefined;
  });
  // The end of a connection says nothing of a wrong password or too many clients.
  redis.on("error", (error: Error) => {
    const found = findRedisRefusal(error);
    if (!isLost || found === undefined || found === refusal) return;
    refusal = found;
    log.error({ refusal }, "Redis refuses new connections");
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
