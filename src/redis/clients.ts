import type { Redis } from "ioredis";
import type { Logger } from "pino";
import { displayAddress } from "./address.js";
import { GatheringRedis } from "./gatheringRedis.js";
import { RedisStartError } from "./startError.js";

/**
 * For requests: while Redis is away every command fails at once, so that clients get their 503 and nothing piles up here.
 * A command that was sent is never sent again, because it may have taken effect. Milliseconds.
 */
const FOR_REQUESTS = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 2000,
  retryStrategy: (attempts: number) => Math.min(50 * attempts, 500),
};

/** For workers: they wait for Redis as long as it takes. A command time-out would end their blocking reads. */
const FOR_WORKERS = {
  maxRetriesPerRequest: null,
  retryStrategy: (attempts: number) => Math.min(100 * attempts, 1000),
};

/** Milliseconds that Redis holds a read of {@link connectFollower}'s client while nothing comes. */
export const FOLLOWER_PATIENCE = 5000;

/**
 * For following streams: as for requests, but one command is meant to be kept waiting. When Redis does not even say that
 * nothing came, the connection is given up.
 */
const FOR_FOLLOWER = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  socketTimeout: 2 * FOLLOWER_PATIENCE,
  retryStrategy: FOR_REQUESTS.retryStrategy,
};

/** A client for the store and the queues, connected. It fails fast while Redis is away. */
export const connectRequests = (url: string, log: Logger): Promise<Redis> =>
  connect(url, FOR_REQUESTS, log.child({ redis: "requests" }));

/** A client for processing workers, connected. It waits while Redis is away. */
export const connectWorkers = (url: string, log: Logger): Promise<Redis> =>
  connect(url, FOR_WORKERS, log.child({ redis: "workers" }));

/** A client that follows streams, connected. Its commands fail while Redis is away. */
export const connectFollower = (url: string, log: Logger): Promise<Redis> =>
  connect(url, FOR_FOLLOWER, log.child({ redis: "follower" }));

async function connect(
  url: string,
  options: typeof FOR_REQUESTS | typeof FOR_WORKERS | typeof FOR_FOLLOWER,
  log: Logger,
): Promise<Redis> {
  const client = new GatheringRedis(url, { ...options, lazyConnect: true });
  const reason = logConnection(client, log);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.disconnect();
    throw new RedisStartError(
      `REDIS_URL: cannot reach ${displayAddress(url)} (${reason() ?? (error as Error).message})`,
    );
  }
}

/**
 * Logs one line when the connection is lost and one when it is back, however many attempts lie between.
 *
 * @returns the last reason of a loss
 */
function logConnection(client: Redis, log: Logger): () => string | undefined {
  let connected = false;
  let lost = false;
  let reason: string | undefined;
  // Every failed attempt raises one, and without a listener ioredis prints it.
  client.on("error", (error: Error) => {
    reason = error.message || (error as NodeJS.ErrnoException).code;
  });
  client.on("ready", () => {
    connected = true;
    if (lost) log.info("the connection to Redis is back");
    lost = false;
    reason = undefined;
  });
  // Not raised by a close of our own.
  client.on("reconnecting", () => {
    if (!connected || lost) return;
    lost = true;
    log.warn({ reason: reason ?? "closed by Redis" }, "the connection to Redis is lost");
  });
  return () => reason;
}
