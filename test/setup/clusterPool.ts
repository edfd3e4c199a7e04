import { Redis } from "ioredis";
import { type LocalCluster, startCluster } from "../../scripts/redis/localCluster.js";
import { clusterAddress, clusterNodes } from "./testRedis.js";

/** In the one Redis of the run: the addresses of unused clusters, first in, first out. */
const FREE_CLUSTERS_KEY = "wms-test:free-clusters";

const takenByThisFile: string[] = [];
/** Clusters that this file started because the pool was empty. */
const startedByThisFile: LocalCluster[] = [];

async function withPool<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0 });
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** Offers clusters to the tests of a run. @param url the one Redis of the run */
export const offerClusters = (url: string, addresses: readonly string[]): Promise<number> =>
  withPool(url, (redis) => redis.rpush(FREE_CLUSTERS_KEY, ...addresses));

/** Takes an empty cluster; when none is left, one is started. */
export async function takeCluster(url: string): Promise<string> {
  const free = await withPool(url, (redis) => redis.lpop(FREE_CLUSTERS_KEY));
  if (free !== null) {
    takenByThisFile.push(free);
    return free;
  }
  const started = await startCluster({ masters: 3 });
  startedByThisFile.push(started);
  return clusterAddress(started.addresses);
}

/** Gives back what {@link takeCluster} took in this test file, empty. */
export async function returnClusters(url: string): Promise<void> {
  await Promise.all(startedByThisFile.splice(0).map((cluster) => cluster.stop()));
  const addresses = takenByThisFile.splice(0);
  for (const address of addresses)
    for (const node of clusterNodes(address)) await withPool(`redis://${node}`, (redis) => redis.flushall());
  if (addresses.length > 0) await offerClusters(url, addresses);
}
