import type { Redis } from "ioredis";
import type { Logger } from "pino";
import type { RedisLocation, StandaloneRedis } from "../domain/redisLocation.js";
import { endsWithin } from "../domain/time.js";
import { recordConnectionErrors } from "./connectClients.js";
import { openClient } from "./openClient.js";
import {
  formatRedisAddress,
  locationSettingName,
  RedisNotReadyError,
  RedisStartError,
  unreachableMessage,
  validateRedisUrl,
} from "./redisAddress.js";
import {
  formatServer,
  infoField,
  listMasters,
  pingMasters,
  type RedisClient,
  readConfigValue,
  readInfoField,
} from "./redisClient.js";
import { isSupportedVersion, MIN_REDIS_VERSION } from "./redisExecutable.js";

/** Milliseconds that Redis has to answer when the service starts. */
const CONNECT_TIMEOUT_MS = 5000;
/** Longer than the connect time-out, so that the message for a silent Redis is the one of the connect time-out. */
const COMMAND_TIMEOUT_MS = 6000;

/**
 * Checks that a Redis, or every master of a cluster, is fit for the service's data. The service stores nothing before.
 *
 * @throws RedisStartError when Redis lacks the database, is too old, or may evict data; RedisNotReadyError when it does not
 *   answer, is a replica, or a cluster does not serve all slots
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
      if (!("clusterNodes" in location)) await checkRole(redis, location);
      await checkVersion(redis, location);
      await checkEvictionPolicy(redis, location, log);
      await warnAboutSettings(redis, log);
    }
  } finally {
    client.disconnect();
  }
}

/** Reasons that no wait ends: a password, a permission, a certificate, the wrong kind of server. */
const NEVER_BY_ITSELF = /WRONGPASS|NOAUTH|NOPERM|certificate|SSL|cluster support disabled/i;

async function connectAndPing(client: RedisClient, location: RedisLocation): Promise<void> {
  // `connect` only rejects with "closed"; the error event before it has the reason.
  const last = recordConnectionErrors(client);
  const connected = client.connect().then(() => pingMasters(client));
  try {
    // Redis may accept the connection and not answer, or only that it is loading its data.
    if (!(await endsWithin(CONNECT_TIMEOUT_MS, connected)))
      throw new Error("it does not answer, or is still loading its data");
  } catch (error) {
    const reason = last.reason ?? (error as Error).message;
    const ErrorClass = NEVER_BY_ITSELF.test(reason) ? RedisStartError : RedisNotReadyError;
    throw new ErrorClass(`${unreachableMessage(location)} (${reason})`);
  }
}

/** For a database that does not exist, ioredis would silently use database 0 and its data. */
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

/** One node of a cluster serves only some slots. A cluster that lacks slots serves none. */
async function checkClusterMode(redis: Redis, location: RedisLocation): Promise<void> {
  const enabled = await readInfoField(redis, "cluster", "cluster_enabled");
  if ("clusterNodes" in location) {
    const info = String(await redis.cluster("INFO").catch(() => ""));
    if (infoField(info, "cluster_state") === "fail")
      throw new RedisNotReadyError(`REDIS_CLUSTER_NODES: ${formatRedisAddress(location)} does not serve all slots`);
  } else if (enabled === "1")
    throw new RedisStartError(
      `${locationSettingName(location)}: ${formatRedisAddress(location)} is part of a Redis Cluster; set REDIS_CLUSTER_NODES instead`,
    );
}

/** After a failover, the name of a managed Redis leads to the new master some seconds later. */
async function checkRole(redis: Redis, location: RedisLocation): Promise<void> {
  if ((await readInfoField(redis, "replication", "role")) !== "slave") return;
  throw new RedisNotReadyError(
    `${locationSettingName(location)}: ${formatRedisAddress(location)} is a replica, which accepts no writes; set the address of its master`,
  );
}

async function checkVersion(redis: Redis, location: RedisLocation): Promise<void> {
  const version = await readInfoField(redis, "server", "redis_version");
  if (version === undefined || isSupportedVersion(version)) return;
  throw new RedisStartError(
    `${locationSettingName(location)}: Redis ${version} is too old, ${MIN_REDIS_VERSION} or newer is needed`,
  );
}

/** With any other policy, a Redis without free memory evicts workflows and queues instead of refusing writes. */
async function checkEvictionPolicy(redis: Redis, location: RedisLocation, log: Logger): Promise<void> {
  const policy =
    (await readConfigValue(redis, "maxmemory-policy")) ?? (await readInfoField(redis, "memory", "maxmemory_policy"));
  if (policy === undefined)
    log.warn("the maxmemory-policy of this Redis can't be read; make sure it is noeviction, or data may be lost");
  else if (policy !== "noeviction")
    throw new RedisStartError(
      `${locationSettingName(location)}: the maxmemory-policy of this Redis is ${policy}, which drops data when memory is full; set it to noeviction`,
    );
}

/** Bytes of the longest field of a record that stays in the compact form of hashes. */
const MIN_COMPACT_VALUE_BYTES = 1024;

/** Warns about settings that lose data with Redis, or that cost memory. */
async function warnAboutSettings(redis: Redis, log: Logger): Promise<void> {
  const server = formatServer(redis);
  if ((await readInfoField(redis, "persistence", "aof_enabled")) === "0")
    log.warn({ server }, "Redis keeps no append-only file: a restart of Redis loses data; set appendonly to yes");
  // The name before Redis 7, which later versions accept.
  const compactBytes = await readConfigValue(redis, "hash-max-ziplist-value");
  if (compactBytes !== undefined && Number(compactBytes) < MIN_COMPACT_VALUE_BYTES)
    log.warn(
      { server, bytes: Number(compactBytes) },
      `hash-max-listpack-value of Redis is small, which takes more memory; set it to ${MIN_COMPACT_VALUE_BYTES}`,
    );
}
