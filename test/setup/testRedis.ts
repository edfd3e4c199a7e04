import { Cluster, Redis } from "ioredis";
import { listMasters, type RedisClient } from "../../src/redis/redisClient.js";

const CLUSTER_SCHEME = "redis-cluster://";
/** Partitions of a store on a cluster: the recommended number for three masters. */
export const CLUSTER_PARTITIONS = 48;

/** Returns the address of a test's database that is a cluster. @param nodes as `REDIS_CLUSTER_NODES` */
export const clusterAddress = (nodes: string): string => CLUSTER_SCHEME + nodes;

/** Returns the nodes of such an address, as host and port. */
export const clusterNodes = (address: string): string[] => address.slice(CLUSTER_SCHEME.length).split(",");

/** Opens a client of a test's database. */
export function openRedis(
  address: string,
  { maxRetriesPerRequest }: { maxRetriesPerRequest?: null } = {},
): RedisClient {
  if (!address.startsWith(CLUSTER_SCHEME))
    return maxRetriesPerRequest === null ? new Redis(address, { maxRetriesPerRequest }) : new Redis(address);
  const redisOptions = { maxRetriesPerRequest: null };
  return new Cluster(
    clusterNodes(address).map((node) => `redis://${node}`),
    { redisOptions },
  );
}

/** Finds the keys of a test's database that match a pattern. */
export async function findKeys(redis: RedisClient, pattern: string): Promise<string[]> {
  return (await Promise.all(listMasters(redis).map((server) => server.keys(pattern)))).flat();
}

/** Deletes the keys of a test's database that match a pattern. */
export async function deleteKeys(redis: RedisClient, pattern: string): Promise<void> {
  for (const key of await findKeys(redis, pattern)) await redis.del(key);
}

/** Empties a test's database. */
export async function flushDatabase(redis: RedisClient): Promise<void> {
  await Promise.all(listMasters(redis).map((server) => server.flushdb()));
}

/** Replaces a test's database in `REDIS_URL` by the settings that a service reads, where the database is a cluster. */
export function toServiceSettings(given: Record<string, string>): Record<string, string> {
  const { REDIS_URL: address = "", ...settings } = given;
  if (!address.startsWith(CLUSTER_SCHEME)) return given;
  const REDIS_CLUSTER_NODES = address.slice(CLUSTER_SCHEME.length);
  return { STORE_PARTITIONS: String(CLUSTER_PARTITIONS), ...settings, REDIS_CLUSTER_NODES };
}
