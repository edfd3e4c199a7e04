import type { RedisOptions } from "ioredis";
import type { ClusterRedis, RedisLocation, RedisLogin, SentinelRedis } from "../domain/redisLocation.js";
import { BatchingCluster, BatchingRedis } from "./batchingRedis.js";
import type { RedisClient } from "./redisClient.js";
import { ReconnectingSentinelConnector } from "./sentinelConnector.js";

/** How a client behaves while Redis, or a part of it, is away. */
export type ConnectionPolicy = Pick<
  RedisOptions,
  | "enableOfflineQueue"
  | "maxRetriesPerRequest"
  | "autoResendUnfulfilledCommands"
  | "commandTimeout"
  | "connectTimeout"
  | "socketTimeout"
> & {
  /** Milliseconds before the next attempt to connect; null: none is made. */
  retryStrategy(attempts: number): number | null;
};

/** Milliseconds after which a command is tried again whose node was away. */
const RETRY_DELAY_MS = 100;
/**
 * Milliseconds between two looks at which node serves which slot. A node that refuses a command names the right one; a look
 * finds the replica that took over from a node that says nothing any more.
 */
const SLOTS_REFRESH_INTERVAL_MS = 2000;
/** Milliseconds for a sentinel to answer. */
const SENTINEL_TIMEOUT_MS = 1000;
/** How often a command is sent on from node to node that may not wait. */
const MAX_REDIRECTIONS = 16;

/** Makes a client of where the data lies. It is not connected yet. */
export function openClient(location: RedisLocation, policy: ConnectionPolicy): RedisClient {
  if ("clusterNodes" in location) return openCluster(location, policy);
  if ("sentinels" in location) return new BatchingRedis({ ...sentinelOptions(location), ...policy, lazyConnect: true });
  return new BatchingRedis(location.url, { ...policy, lazyConnect: true });
}

/** Replies are mapped as ever; the type of a client depends on it. */
type ClientOptions = Omit<RedisOptions, "replyMapping">;

const loginOptions = ({ username, password, tls }: RedisLogin): ClientOptions => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
});

const sentinelOptions = ({ sentinels, masterName, sentinelPassword, login }: SentinelRedis): ClientOptions => ({
  sentinels,
  name: masterName,
  ...loginOptions(login),
  ...(sentinelPassword !== undefined && { sentinelPassword }),
  ...(login.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  // A silent one is passed over.
  sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
  // Sentinels tell of a new master while the old one still keeps its connections, frozen or cut off from the others.
  failoverDetector: true,
  Connector: ReconnectingSentinelConnector,
  // It became a replica: the next command goes to its successor.
  reconnectOnError: ({ message }) => message.startsWith("READONLY"),
});

function openCluster({ clusterNodes, login }: ClusterRedis, policy: ConnectionPolicy): BatchingCluster {
  const { enableOfflineQueue = true, retryStrategy, ...nodeOptions } = policy;
  // One that may be sent again waits as long as it takes.
  const canRetry = policy.autoResendUnfulfilledCommands !== false;
  const cluster = new BatchingCluster(clusterNodes, {
    redisOptions: { ...nodeOptions, ...loginOptions(login) },
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    retryDelayOnFailover: canRetry ? RETRY_DELAY_MS : 0,
    retryDelayOnClusterDown: canRetry ? RETRY_DELAY_MS : 0,
    maxRedirections: canRetry ? Number.POSITIVE_INFINITY : MAX_REDIRECTIONS,
    slotsRefreshInterval: SLOTS_REFRESH_INTERVAL_MS,
    // What lacks slots says so itself; waiting for it here would end in no answer at all.
    enableReadyCheck: false,
    // Names stay names, which certificates are made for.
    dnsLookup: (address, callback) => callback(null, address),
    lazyConnect: true,
  });
  // Otherwise its first command would connect, and others that may not wait fail meanwhile.
  cluster.on("+node", (node) => {
    if (node.options.readOnly !== true) node.connect().catch(() => undefined);
  });
  return cluster;
}
