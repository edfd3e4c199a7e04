import type { ConnectionOptions } from "node:tls";
import { type RedisOptions, type SentinelConnectionOptions, SentinelConnector } from "ioredis";
import type { ClusterRedis, RedisLocation, RedisLogin, RedisTls, SentinelRedis } from "../domain/redisLocation.js";
import { findRedisRefusal } from "../domain/redisOutage.js";
import "./patientTimeouts.js";
import { BatchingCluster, BatchingRedis, type RedisClient } from "./redisClient.js";

/** The behaviour of a client while Redis, or a node of it, is unreachable. */
export type ConnectionPolicy = Pick<
  RedisOptions,
  | "enableOfflineQueue"
  | "maxRetriesPerRequest"
  | "autoResendUnfulfilledCommands"
  | "commandTimeout"
  | "connectTimeout"
  | "socketTimeout"
> & {
  /** Milliseconds before the next attempt to connect; null ends the attempts. */
  retryStrategy(attempts: number): number | null;
};

/** Milliseconds before a command is retried whose node was unreachable. */
const RETRY_DELAY_MS = 100;
/** Milliseconds between two reads of the slot table. They find the replica that took over from an unreachable node. */
const SLOTS_REFRESH_INTERVAL_MS = 2000;
/** Milliseconds that a sentinel has to answer. */
const SENTINEL_TIMEOUT_MS = 1000;
/** The most redirections, from node to node, of a command that must not wait. */
const MAX_REDIRECTIONS = 16;

/** No CLIENT SETINFO: Redis 6.2 does not know it, and a user with few rights may not send it. */
const NO_CLIENT_INFO = { disableClientInfo: true };

/** Creates a client of a Redis location. It does not connect yet. */
export function openClient(location: RedisLocation, policy: ConnectionPolicy): RedisClient {
  if ("clusterNodes" in location) return openCluster(location, policy);
  const options = { ...policy, ...NO_CLIENT_INFO, lazyConnect: true, reconnectOnError: isDemotion };
  if ("sentinels" in location) return new BatchingRedis({ ...sentinelOptions(location), ...options });
  return new BatchingRedis(location.url, { ...options, ...(location.tls && { tls: tlsOptions(location.tls) }) });
}

/**
 * Whether an error says that the master became a replica: the client must look up the new master. Redis ends blocking
 * reads with UNBLOCKED then.
 */
const isDemotion = (error: Error): boolean =>
  findRedisRefusal(error) === "READONLY" || /^UNBLOCKED\b/.test(error.message);

/** Without `replyMapping`, which would change the type of the client. */
type ClientOptions = Omit<RedisOptions, "replyMapping">;

const loginOptions = ({ username, password, tls }: RedisLogin): ClientOptions => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(tls && { tls: tlsOptions(tls) }),
});

/** The options of Node's TLS sockets, of which an undefined one is not the same as none. */
const tlsOptions = ({ ca, cert, key, servername }: RedisTls): ConnectionOptions => ({
  ...(ca !== undefined && { ca }),
  ...(cert !== undefined && { cert }),
  ...(key !== undefined && { key }),
  ...(servername !== undefined && { servername }),
});

const sentinelOptions = ({ sentinels, masterName, sentinelPassword, login }: SentinelRedis): ClientOptions => ({
  sentinels,
  name: masterName,
  ...loginOptions(login),
  ...(sentinelPassword !== undefined && { sentinelPassword }),
  ...(login.tls && { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(login.tls) }),
  // The client skips a silent sentinel.
  sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
  // Reconnects when the sentinels name a new master: a frozen or partitioned old master keeps its connections open.
  failoverDetector: true,
  Connector: ReconnectingSentinelConnector,
});

/**
 * ioredis's connector for sentinels, which first closes the failover detector of the previous connection. Otherwise a
 * failover during a connection attempt makes that detector disconnect. ioredis takes this for a call of `disconnect` by
 * the application, and never connects again.
 */
class ReconnectingSentinelConnector extends SentinelConnector {
  // ioredis declares the argument of its connectors as `unknown`.
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions);
  }

  override connect(...args: Parameters<SentinelConnector["connect"]>): ReturnType<SentinelConnector["connect"]> {
    this.disconnect();
    return super.connect(...args);
  }
}

function openCluster({ clusterNodes, login }: ClusterRedis, policy: ConnectionPolicy): BatchingCluster {
  const { enableOfflineQueue = true, retryStrategy, ...nodeOptions } = policy;
  // A command that may be sent again waits without a limit.
  const canRetry = policy.autoResendUnfulfilledCommands !== false;
  const cluster = new BatchingCluster(clusterNodes, {
    redisOptions: { ...nodeOptions, ...NO_CLIENT_INFO, ...loginOptions(login) },
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    retryDelayOnFailover: canRetry ? RETRY_DELAY_MS : 0,
    retryDelayOnClusterDown: canRetry ? RETRY_DELAY_MS : 0,
    maxRedirections: canRetry ? Number.POSITIVE_INFINITY : MAX_REDIRECTIONS,
    slotsRefreshInterval: SLOTS_REFRESH_INTERVAL_MS,
    // A node of a cluster without all slots refuses commands itself. With the check, commands would get no answer.
    enableReadyCheck: false,
    // Keeps host names unresolved, because certificates contain the names.
    dnsLookup: (address, callback) => callback(null, address),
    lazyConnect: true,
  });
  // Connects a new node at once: commands that must not wait would fail while its first command connects.
  cluster.on("+node", (node) => {
    if (node.options.readOnly !== true) node.connect().catch(() => undefined);
  });
  return cluster;
}
