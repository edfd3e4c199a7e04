import { setTimeout as delay } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Logger } from "pino";
import { checkAddress, displayAddress } from "./address.js";
import { RedisStartError } from "./startError.js";
import { isRecentEnough, OLDEST_VERSION } from "./version.js";

/** Milliseconds that a Redis has to answer when the service starts. */
const PATIENCE = 5000;
/** A single command has longer, so that a Redis that is silent from the start is reported as that. */
const COMMAND_PATIENCE = 6000;

/**
 * Looks, before anything is stored there, whether a Redis is there and fit to keep the service's data.
 *
 * @throws RedisStartError when it does not answer, has no such database, is too old, or may throw data away when its memory
 *   is full
 */
export async function checkRedis(url: string, log: Logger): Promise<void> {
  checkAddress(url);
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    commandTimeout: COMMAND_PATIENCE,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  try {
    await reach(redis, url);
    await checkDatabase(redis, url);
    await checkVersion(redis);
    await checkEviction(redis, log);
  } finally {
    redis.disconnect();
  }
}

async function reach(redis: Redis, url: string): Promise<void> {
  // `connect` itself only says that the connection was closed; why is in the error event before.
  let reason: string | undefined;
  redis.on("error", (error: Error) => {
    reason = error.message || (error as NodeJS.ErrnoException).code;
  });
  const enough = new AbortController();
  try {
    const answered = redis.connect().then(() => redis.ping());
    await Promise.race([answered, silence(enough.signal)]);
  } catch (error) {
    throw new RedisStartError(
      `REDIS_URL: cannot reach ${displayAddress(url)} (${reason ?? (error as Error).message})`,
    );
  } finally {
    enough.abort();
  }
}

/** Redis may take our connection and then say nothing, or that it is loading its data. */
async function silence(signal: AbortSignal): Promise<never> {
  await delay(PATIENCE, undefined, { signal });
  throw new Error("it does not answer, or is still loading its data");
}

/** A database that does not exist is no error to ioredis: it would go on with the first one, and what lies there. */
async function checkDatabase(redis: Redis, url: string): Promise<void> {
  const { db = 0 } = redis.options;
  if (db === 0) return;
  try {
    await redis.select(db);
  } catch (error) {
    throw new RedisStartError(
      `REDIS_URL: ${displayAddress(url)} can't be used, there is no database ${db} (${(error as Error).message})`,
    );
  }
}

async function checkVersion(redis: Redis): Promise<void> {
  const version = await infoField(redis, "server", "redis_version");
  if (version === undefined || isRecentEnough(version)) return;
  throw new RedisStartError(`REDIS_URL: Redis ${version} is too old, ${OLDEST_VERSION} or newer is needed`);
}

/** With any other policy, a Redis that runs out of memory drops workflows and queues instead of refusing new ones. */
async function checkEviction(redis: Redis, log: Logger): Promise<void> {
  const policy = await evictionPolicy(redis);
  if (policy === undefined)
    log.warn(
      "the maxmemory-policy of this Redis can't be read; make sure it is noeviction, or data may be lost",
    );
  else if (policy !== "noeviction")
    throw new RedisStartError(
      `REDIS_URL: the maxmemory-policy of this Redis is ${policy}, which drops data when memory is full; set it to noeviction`,
    );
}

/** Hosted Redis often forbids CONFIG, and INFO says it too. */
async function evictionPolicy(redis: Redis): Promise<string | undefined> {
  try {
    const [, policy] = (await redis.config("GET", "maxmemory-policy")) as string[];
    if (policy !== undefined) return policy;
  } catch {
    // Falls through to INFO.
  }
  return infoField(redis, "memory", "maxmemory_policy");
}

async function infoField(redis: Redis, section: string, field: string): Promise<string | undefined> {
  const info = await redis.info(section).catch(() => "");
  return new RegExp(`^${field}:(\\S+)`, "m").exec(info)?.[1];
}
