import { Cluster, Redis } from "ioredis";
import { listMasters, type RedisClient } from "../../src/redis/redisClient.js";

const CLUSTER_SCHEME = "redis-cluster://";
/** Partitions of a store on a cluster: as many as are recommended for three masters. */
export const CLUSTER_PARTITIONS = 48;

/** What a test's database is called, when it is a cluster. @param nodes as `REDIS_CLUSTER_NODES` */
export const clusterAddress = (nodes: string): string => CLUSTER_SCHEME + nodes;

/** The nodes of such a cluster, as host and port. */
export const clusterNodes = (address: string): string[] => address.slice(CLUSTER_SCHEME.length).split(",");

/** A client of a test's database. */
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

/** The keys of a test's database that match a pattern. */
export async function findKeys(redis: RedisClient, pattern: string): Promise<string[]> {
  return (await Promise.all(listMasters(redis).map((server) => server.keys(pattern)))).flat();
}

/** Deletes such keys. */
export async function deleteKeys(redis: RedisClient, pattern: string): Promise<void> {
  for (const key of await findKeys(redis, pattern)) await redis.del(key);
}

/** Empties a test's database. */
export async function flushDatabase(redis: RedisClient): Promise<void> {
  await Promise.all(listMasters(redis).map((server) => server.flushdb()));
}

/** Settings of a service, with a test's database as its `REDIS_URL`, as the service knows them. */
export function toServiceSettings(given: Record<string, string>): Record<string, string> {
  const { REDIS_URL: address = "", ...settings } = given;
  if (!address.startsWith(CLUSTER_SCHEME)) return given;
  const REDIS_CLUSTER_NODES = address.slice(CLUSTER_SCHEME.length);
  return { STORE_PARTITIONS: String(CLUSTER_PARTITIONS), ...settings, REDIS_CLUSTER_NODES };
}
