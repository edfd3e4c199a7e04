import type { RedisOptions } from "ioredis";
import type { ClusteredRedis, RedisLocation, RedisLogin, WatchedRedis } from "../domain/redisLocation.js";
import type { RedisClient } from "./redisClient.js";
import { GatheringCluster, GatheringRedis } from "./batchingRedis.js";
import { LastingSentinelConnector } from "./sentinelConnector.js";

/** How a client behaves while Redis, or a part of it, is away. */
export type Policy = Pick<
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
const TRY_AGAIN = 100;
/**
 * Milliseconds between two looks at which node serves which slot. A node that refuses a command names the right one; a look
 * finds the replica that took over from a node that says nothing any more.
 */
const LOOK_AGAIN = 2000;
/** Milliseconds for a sentinel to answer. */
const SENTINEL_PATIENCE = 1000;
/** How often a command is sent on from node to node that may not wait. */
const REDIRECTIONS = 16;

/** Makes a client of where the data lies. It is not connected yet. */
export function openClient(location: RedisLocation, policy: Policy): RedisClient {
  if ("clusterNodes" in location) return openCluster(location, policy);
  if ("sentinels" in location)
    return new GatheringRedis({ ...masterOf(location), ...policy, lazyConnect: true });
  return new GatheringRedis(location.url, { ...policy, lazyConnect: true });
}

/** Replies are mapped as ever; the type of a client depends on it. */
type Options = Omit<RedisOptions, "replyMapping">;

const loginOptions = ({ username, password, tls }: RedisLogin): Options => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: {} }),
});

const masterOf = ({ sentinels, masterName, sentinelPassword, login }: WatchedRedis): Options => ({
  sentinels,
  name: masterName,
  ...loginOptions(login),
  ...(sentinelPassword !== undefined && { sentinelPassword }),
  ...(login.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  // A silent one is passed over.
  sentinelCommandTimeout: SENTINEL_PATIENCE,
  // Sentinels tell of a new master while the old one still keeps its connections, frozen or cut off from the others.
  failoverDetector: true,
  Connector: LastingSentinelConnector,
  // It became a replica: the next command goes to its successor.
  reconnectOnError: ({ message }) => message.startsWith("READONLY"),
});

function openCluster({ clusterNodes, login }: ClusteredRedis, policy: Policy): GatheringCluster {
  const { enableOfflineQueue = true, retryStrategy, ...ofNodes } = policy;
  // One that may be sent again waits as long as it takes.
  const mayWait = policy.autoResendUnfulfilledCommands !== false;
  const cluster = new GatheringCluster(clusterNodes, {
    redisOptions: { ...ofNodes, ...loginOptions(login) },
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    retryDelayOnFailover: mayWait ? TRY_AGAIN : 0,
    retryDelayOnClusterDown: mayWait ? TRY_AGAIN : 0,
    maxRedirections: mayWait ? Number.POSITIVE_INFINITY : REDIRECTIONS,
    slotsRefreshInterval: LOOK_AGAIN,
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
