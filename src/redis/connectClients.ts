import type { Logger } from "pino";
import type { RedisLocation } from "../domain/redisLocation.js";
import { cannotReach } from "./redisAddress.js";
import { pingMasters, type RedisClient } from "./redisClient.js";
import { logConnection } from "./connectionLog.js";
import { openClient, type Policy } from "./openClient.js";
import { RedisStartError } from "./redisStartError.js";

/**
 * For requests: while Redis is away every command fails at once, so that clients get their 503 and nothing piles up here.
 * A command that was sent is never sent again, because it may have taken effect. Milliseconds.
 */
const FOR_REQUESTS: Policy = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 2000,
  retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
};

/** For workers: they wait for Redis as long as it takes. A command time-out would end their blocking reads. */
const FOR_WORKERS: Policy = {
  maxRetriesPerRequest: null,
  retryStrategy: (attempts: number) => Math.min(100 * attempts, 1000),
};

/** Milliseconds that Redis holds a read of {@link connectFollower}'s client while nothing comes. */
export const FOLLOWER_PATIENCE = 5000;

/**
 * For following streams: as for requests, but one command is meant to be kept waiting. When Redis does not even say that
 * nothing came, the connection is given up.
 */
const FOR_FOLLOWER: Policy = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  socketTimeout: 2 * FOLLOWER_PATIENCE,
  retryStrategy: FOR_REQUESTS.retryStrategy,
};

/** A client for the store and the queues, connected. It fails fast while Redis is away. */
export const connectRequests = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connect(location, FOR_REQUESTS, log.child({ redis: "requests" }));

/**
 * A client for the store's large writes, connected. It is as {@link connectRequests}'s; were it the same one, whatever is asked
 * meanwhile would wait behind their bytes.
 */
export const connectBulk = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connect(location, FOR_REQUESTS, log.child({ redis: "bulk" }));

/** A client for processing workers, connected. It waits while Redis is away. */
export const connectWorkers = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connect(location, FOR_WORKERS, log.child({ redis: "workers" }));

/** A client that follows streams, connected. Its commands fail while Redis is away. */
export const connectFollower = (location: RedisLocation, log: Logger): Promise<RedisClient> =>
  connect(location, FOR_FOLLOWER, log.child({ redis: "follower" }));

async function connect(location: RedisLocation, policy: Policy, log: Logger): Promise<RedisClient> {
  const client = openClient(location, policy);
  const reason = logConnection(client, log);
  try {
    await client.connect();
    // Of a cluster, one node answers by now.
    await pingMasters(client);
    return client;
  } catch (error) {
    client.disconnect();
    throw new RedisStartError(`${cannotReach(location)} (${reason() ?? (error as Error).message})`);
  }
}
