import type { Logger } from "pino";
import type { RedisLocation } from "../domain/redisLocation.js";
import { logConnection } from "./connectionLog.js";
import { type ConnectionPolicy, openClient } from "./openClient.js";
import { RedisStartError, unreachableMessage } from "./redisAddress.js";
import { pingMasters, type RedisClient } from "./redisClient.js";

/** Milliseconds for which Redis may block a stream read of the client `follower`. */
export const FOLLOWER_BLOCK_MS = 5000;

/**
 * While Redis is unreachable every command fails at once, so clients get a 503 and no commands pile up. A command is never
 * sent twice, because it may have taken effect.
 */
const FAIL_FAST = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
};
const REQUEST_POLICY: ConnectionPolicy = { ...FAIL_FAST, commandTimeout: 2000 };

/** The clients of a process by their names in the log. Times are in milliseconds. */
const POLICIES = {
  /** For the store and the queues. */
  requests: REQUEST_POLICY,
  /** For large writes of the store. On the client for requests, other commands would wait behind them. */
  bulk: REQUEST_POLICY,
  /** For workers, which wait for Redis without a limit. A command time-out would end their blocking reads. */
  workers: { maxRetriesPerRequest: null, retryStrategy: (attempts: number) => Math.min(100 * attempts, 1000) },
  /** For following streams. Reads block; a silent connection is closed. */
  follower: { ...FAIL_FAST, socketTimeout: 2 * FOLLOWER_BLOCK_MS },
} satisfies Record<string, ConnectionPolicy>;

/** Connects a client. @throws RedisStartError when Redis does not answer */
export async function connectClient(
  location: RedisLocation,
  name: keyof typeof POLICIES,
  log: Logger,
): Promise<RedisClient> {
  const client = openClient(location, POLICIES[name]);
  const last = logConnection(client, log.child({ redis: name }));
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
