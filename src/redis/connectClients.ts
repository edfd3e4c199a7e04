import type { Logger } from "pino";
import type { RedisLocation } from "../domain/redisLocation.js";
import { logConnection } from "./connectionLog.js";
import { type ConnectionPolicy, openClient } from "./openClient.js";
import { unreachableMessage } from "./redisAddress.js";
import { pingMasters, type RedisClient } from "./redisClient.js";
import { RedisStartError } from "./redisStartError.js";

/**
 * For requests: while Redis is away every command fails at once, so that clients get their 503 and nothing piles up here.
 * A command that was sent is never sent again, because it may have taken effect. Milliseconds.
 */
const REQUEST_POLICY: ConnectionPolicy = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 2000,
  retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
};

/** For workers: they wait for Redis as long as it takes. A command time-out would end their blocking reads. */
const WORKER_POLICY: ConnectionPolicy = {
  maxRetriesPerRequest: null,
  retryStrategy: (attempts: number) => Math.min(100 * attempts, 1000),
};

/** Milliseconds that Redis holds a read of {@link connectFollowerClient}'s client while nothing comes. */
export const FOLLOWER_BLOCK_MS = 5000;

/**
 * For following streams: as for requests, but one command is meant to be kept waiting. When Redis does not even say that
 * nothing came, the connection is given up.
 */
const FOLLOWER_POLICY: ConnectionPolicy = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  socketTimeout: 2 * FOLLOWER_BLOCK_MS,
  retryStrategy: REQUEST_POLICY.retryStrategy,
};

/** A client for the store and the queues, connected. It fails fast while Redis is away. */
export const connectRequestClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, REQUEST_POLICY, log.child({ redis: "requests" }));

/**
 * A client for the store's large writes, connected. It is as {@link connectRequestClient}'s; were it the same one, whatever is asked
 * meanwhile would wait behind their bytes.
 */
export const connectBulkClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, REQUEST_POLICY, log.child({ redis: "bulk" }));

/** A client for processing workers, connected. It waits while Redis is away. */
export const connectWorkerClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, WORKER_POLICY, log.child({ redis: "workers" }));

/** A client that follows streams, connected. Its commands fail while Redis is away. */
export const connectFollowerClient = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connectClient(location, FOLLOWER_POLICY, log.child({ redis: "follower" }));

async function connectClient(location: RedisLocation, policy: ConnectionPolicy, log: Logger): Promise<RedisClient> {
  const client = openClient(location, policy);
  const readLastReason = logConnection(client, log);
  try {
    await client.connect();
    // Of a cluster, one node answers by now.
    await pingMasters(client);
    return client;
  } catch (error) {
    client.disconnect();
    throw new RedisStartError(`${unreachableMessage(location)} (${readLastReason() ?? (error as Error).message})`);
  }
}
