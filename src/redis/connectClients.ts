import type { Logger } from "pino";
import type { RedisLocation } from "../domain/redisLocation.js";
import { logConnection } from "./connectionLog.js";
import { type ConnectionPolicy, openClient } from "./openClient.js";
import { unreachableMessage } from "./redisAddress.js";
import { pingMasters, type RedisClient } from "./redisClient.js";
import { RedisStartError } from "./redisStartError.js";

/**
 * For requests: while Redis is unreachable every command fails at once, so clients get a 503 and no commands pile up. A
 * command is never sent twice, because it may have taken effect. Times are in milliseconds.
 */
const REQUEST_POLICY: ConnectionPolicy = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 2000,
  retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
};

/** For workers, which wait for Redis without a limit. A command time-out would end their blocking reads. */
const WORKER_POLICY: ConnectionPolicy = {
  maxRetriesPerRequest: null,
  retryStrategy: (attempts: number) => Math.min(100 * attempts, 1000),
};

/** Milliseconds for which Redis may block a stream read of {@link connectFollowerClient}'s client. */
export const FOLLOWER_BLOCK_MS = 5000;

/** For following streams: as for requests, but reads block. A silent connection is closed. */
const FOLLOWER_POLICY: ConnectionPolicy = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  socketTimeout: 2 * FOLLOWER_BLOCK_MS,
  retryStrategy: REQUEST_POLICY.retryStrategy,
};

/** Connects a client for the store and the queues. It fails fast while Redis is unreachable. */
export const connectRequestClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, REQUEST_POLICY, log.child({ redis: "requests" }));

/**
 * Connects a client for large writes of the store. On the client for requests, other commands would wait behind them.
 */
export const connectBulkClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, REQUEST_POLICY, log.child({ redis: "bulk" }));

/** Connects a client for workers. It waits while Redis is unreachable. */
export const connectWorkerClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, WORKER_POLICY, log.child({ redis: "workers" }));

/** Connects a client that follows streams. Its commands fail while Redis is unreachable. */
export const connectFollowerClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, FOLLOWER_POLICY, log.child({ redis: "follower" }));

async function connectClient(location: RedisLocation, policy: ConnectionPolicy, log: Logger): Promise<RedisClient> {
  const client = openClient(location, policy);
  const readLastReason = logConnection(client, log);
  try {
    await client.connect();
    // In a cluster, `connect` waits only for one node.
    await pingMasters(client);
    return client;
  } catch (error) {
    client.disconnect();
    throw new RedisStartError(`${unreachableMessage(location)} (${readLastReason() ?? (error as Error).message})`);
  }
}
