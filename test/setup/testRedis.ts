import { Cluster, Redis } from "ioredis";
import { mastersOf, type RedisClient } from "../../src/redis/redisClient.js";

const CLUSTER = "redis-cluster://";
/** Partitions of a store on a cluster: as many as are recommended for three masters. */
export const CLUSTER_PARTITIONS = 48;

/** What a test's database is called, when it is a cluster. @param nodes as `REDIS_CLUSTER_NODES` */
export const clusterAddress = (nodes: string): string => CLUSTER + nodes;

/** The nodes of such a cluster, as host and port. */
export const nodesOf = (address: string): string[] => address.slice(CLUSTER.length).split(",");

/** A client of a test's database. */
export function openRedis(
  address: string,
  { maxRetriesPerRequest }: { maxRetriesPerRequest?: null } = {},
): RedisClient {
  if (!address.startsWith(CLUSTER))
    return maxRetriesPerRequest === null ? new Redis(address, { maxRetriesPerRequest }) : new Redis(address);
  const redisOptions = { maxRetriesPerRequest: null };
  return new Cluster(
    nodesOf(address).map((node) => `redis://${node}`),
    { redisOptions },
  );
}

/** The keys of a test's database that match a pattern. */
export async function keysOf(redis: RedisClient, pattern: string): Promise<string[]> {
  return (await Promise.all(mastersOf(redis).map((server) => server.keys(pattern)))).flat();
}

/** Deletes such keys. */
export async function deleteKeys(redis: RedisClient, pattern: string): Promise<void> {
  for (const key of await keysOf(redis, pattern)) await redis.del(key);
}

/** Empties a test's database. */
export async function empty(redis: RedisClient): Promise<void> {
  await Promise.all(mastersOf(redis).map((server) => server.flushdb()));
}

/** Settings of a service, with a test's database as its `REDIS_URL`, as the service knows them. */
export function settingsOf(given: Record<string, string>): Record<string, string> {
  const { REDIS_URL: address = "", ...settings } = given;
  if (!address.startsWith(CLUSTER)) return given;
  const REDIS_CLUSTER_NODES = address.slice(CLUSTER.length);
  return { STORE_PARTITIONS: String(CLUSTER_PARTITIONS), ...settings, REDIS_CLUSTER_NODES };
}
