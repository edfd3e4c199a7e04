import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { OneRedis, RedisLocation } from "../domain/redisLocation.js";
import { cannotReach, checkAddress, displayAddress, settingOf } from "./redisAddress.js";
import { isCluster, mastersOf, pingMasters, type RedisClient } from "./redisClient.js";
import { reasonOf } from "./connectionLog.js";
import { openClient } from "./openClient.js";
import { RedisStartError } from "./redisStartError.js";
import { isRecentEnough, OLDEST_VERSION } from "./redisVersion.js";

/** Milliseconds that a Redis has to answer when the service starts. */
const PATIENCE = 5000;
/** A single command has longer, so that a Redis that is silent from the start is reported as that. */
const COMMAND_PATIENCE = 6000;

/**
 * Looks, before anything is stored there, whether a Redis is there and fit to keep the service's data: of a cluster, every
 * master.
 *
 * @throws RedisStartError when it does not answer, has no such database, is too old, or may throw data away when its memory
 *   is full
 */
export async function checkRedis(location: RedisLocation, log: Logger): Promise<void> {
  if ("url" in location) checkAddress(location.url);
  const client = openClient(location, {
    connectTimeout: PATIENCE,
    commandTimeout: COMMAND_PATIENCE,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
  });
  try {
    await reach(client, location);
    for (const redis of mastersOf(client)) {
      if ("url" in location) await checkDatabase(redis, location);
      await checkMode(redis, location);
      await checkVersion(redis, location);
      await checkEviction(redis, location, log);
    }
  } finally {
    client.disconnect();
  }
}

async function reach(client: RedisClient, location: RedisLocation): Promise<void> {
  // `connect` itself only says that the connection was closed; why is in the error event before.
  let reason: string | undefined;
  const note = (error: Error) => {
    reason = reasonOf(error);
  };
  client.on("error", note);
  if (isCluster(client)) client.on("node error", note);
  const enough = new AbortController();
  try {
    const answered = client.connect().then(() => pingMasters(client));
    await Promise.race([answered, silence(enough.signal)]);
  } catch (error) {
    throw new RedisStartError(`${cannotReach(location)} (${reason ?? (error as Error).message})`);
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
async function checkDatabase(redis: Redis, location: OneRedis): Promise<void> {
  const { db = 0 } = redis.options;
  if (db === 0) return;
  try {
    await redis.select(db);
  } catch (error) {
    throw new RedisStartError(
      `REDIS_URL: ${displayAddress(location)} can't be used, there is no database ${db} (${(error as Error).message})`,
    );
  }
}

/** Part of a cluster keeps a part of the slots, and a cluster that lacks some serves none. */
async function checkMode(redis: Redis, location: RedisLocation): Promise<void> {
  const enabled = await infoField(redis, "cluster", "cluster_enabled");
  if ("clusterNodes" in location) {
    const state = /^cluster_state:(\S+)/m.exec(String(await redis.cluster("INFO").catch(() => "")))?.[1];
    if (state === "fail")
      throw new RedisStartError(`REDIS_CLUSTER_NODES: ${displayAddress(location)} does not serve all slots`);
  } else if (enabled === "1")
    throw new RedisStartError(
      `${settingOf(location)}: ${displayAddress(location)} is part of a Redis Cluster; set REDIS_CLUSTER_NODES instead`,
    );
}

async function checkVersion(redis: Redis, location: RedisLocation): Promise<void> {
  const version = await infoField(redis, "server", "redis_version");
  if (version === undefined || isRecentEnough(version)) return;
  throw new RedisStartError(
    `${settingOf(location)}: Redis ${version} is too old, ${OLDEST_VERSION} or newer is needed`,
  );
}

/** With any other policy, a Redis that runs out of memory drops workflows and queues instead of refusing new ones. */
async function checkEviction(redis: Redis, location: RedisLocation, log: Logger): Promise<void> {
  const policy = await evictionPolicy(redis);
  if (policy === undefined)
    log.warn(
      "the maxmemory-policy of this Redis can't be read; make sure it is noeviction, or data may be lost",
    );
  else if (policy !== "noeviction")
    throw new RedisStartError(
      `${settingOf(location)}: the maxmemory-policy of this Redis is ${policy}, which drops data when memory is full; set it to noeviction`,
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
