import { setTimeout as delay } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisLocation, StandaloneRedis } from "../domain/redisLocation.js";
import { connectionErrorReason } from "./connectionLog.js";
import { openClient } from "./openClient.js";
import { formatRedisAddress, locationSettingName, unreachableMessage, validateRedisUrl } from "./redisAddress.js";
import { isCluster, listMasters, pingMasters, type RedisClient } from "./redisClient.js";
import { RedisStartError } from "./redisStartError.js";
import { isSupportedVersion, MIN_REDIS_VERSION } from "./redisVersion.js";

/** Milliseconds that a Redis has to answer when the service starts. */
const CONNECT_TIMEOUT_MS = 5000;
/** A single command has longer, so that a Redis that is silent from the start is reported as that. */
const COMMAND_TIMEOUT_MS = 6000;

/**
 * Looks, before anything is stored there, whether a Redis is there and fit to keep the service's data: of a cluster, every
 * master.
 *
 * @throws RedisStartError when it does not answer, has no such database, is too old, or may throw data away when its memory
 *   is full
 */
export async function checkRedis(location: RedisLocation, log: Logger): Promise<void> {
  if ("url" in location) validateRedisUrl(location.url);
  const client = openClient(location, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: () => null,
  });
  try {
    await connectAndPing(client, location);
    for (const redis of listMasters(client)) {
      if ("url" in location) await checkDatabase(redis, location);
      await checkClusterMode(redis, location);
      await checkVersion(redis, location);
      await checkEvictionPolicy(redis, location, log);
    }
  } finally {
    client.disconnect();
  }
}

async function connectAndPing(client: RedisClient, location: RedisLocation): Promise<void> {
  // `connect` itself only says that the connection was closed; why is in the error event before.
  let reason: string | undefined;
  const recordReason = (error: Error) => {
    reason = connectionErrorReason(error);
  };
  client.on("error", recordReason);
  if (isCluster(client)) client.on("node error", recordReason);
  const timeoutAbort = new AbortController();
  try {
    const pinged = client.connect().then(() => pingMasters(client));
    await Promise.race([pinged, rejectAfterTimeout(timeoutAbort.signal)]);
  } catch (error) {
    throw new RedisStartError(`${unreachableMessage(location)} (${reason ?? (error as Error).message})`);
  } finally {
    timeoutAbort.abort();
  }
}

/** Redis may take our connection and then say nothing, or that it is loading its data. */
async function rejectAfterTimeout(signal: AbortSignal): Promise<never> {
  await delay(CONNECT_TIMEOUT_MS, undefined, { signal });
  throw new Error("it does not answer, or is still loading its data");
}

/** A database that does not exist is no error to ioredis: it would go on with the first one, and what lies there. */
async function checkDatabase(redis: Redis, location: StandaloneRedis): Promise<void> {
  const { db = 0 } = redis.options;
  if (db === 0) return;
  try {
    await redis.select(db);
  } catch (error) {
    throw new RedisStartError(
      `REDIS_URL: ${formatRedisAddress(location)} can't be used, there is no database ${db} (${(error as Error).message})`,
    );
  }
}

/** Part of a cluster keeps a part of the slots, and a cluster that lacks some serves none. */
async function checkClusterMode(redis: Redis, location: RedisLocation): Promise<void> {
  const enabled = await readInfoField(redis, "cluster", "cluster_enabled");
  if ("clusterNodes" in location) {
    const state = /^cluster_state:(\S+)/m.exec(String(await redis.cluster("INFO").catch(() => "")))?.[1];
    if (state === "fail")
      throw new RedisStartError(`REDIS_CLUSTER_NODES: ${formatRedisAddress(location)} does not serve all slots`);
  } else if (enabled === "1")
    throw new RedisStartError(
      `${locationSettingName(location)}: ${formatRedisAddress(location)} is part of a Redis Cluster; set REDIS_CLUSTER_NODES instead`,
    );
}

async function checkVersion(redis: Redis, location: RedisLocation): Promise<void> {
  const version = await readInfoField(redis, "server", "redis_version");
  if (version === undefined || isSupportedVersion(version)) return;
  throw new RedisStartError(
    `${locationSettingName(location)}: Redis ${version} is too old, ${MIN_REDIS_VERSION} or newer is needed`,
  );
}

/** With any other policy, a Redis that runs out of memory drops workflows and queues instead of refusing new ones. */
async function checkEvictionPolicy(redis: Redis, location: RedisLocation, log: Logger): Promise<void> {
  const policy = await readEvictionPolicy(redis);
  if (policy === undefined)
    log.warn("the maxmemory-policy of this Redis can't be read; make sure it is noeviction, or data may be lost");
  else if (policy !== "noeviction")
    throw new RedisStartError(
      `${locationSettingName(location)}: the maxmemory-policy of this Redis is ${policy}, which drops data when memory is full; set it to noeviction`,
    );
}

/** Hosted Redis often forbids CONFIG, and INFO says it too. */
async function readEvictionPolicy(redis: Redis): Promise<string | undefined> {
  try {
    const [, policy] = (await redis.config("GET", "maxmemory-policy")) as string[];
    if (policy !== undefined) return policy;
  } catch {
    // Falls through to INFO.
  }
  return readInfoField(redis, "memory", "maxmemory_policy");
}

async function readInfoField(redis: Redis, section: string, field: string): Promise<string | undefined> {
  const info = await redis.info(section).catch(() => "");
  return new RegExp(`^${field}:(\\S+)`, "m").exec(info)?.[1];
}
