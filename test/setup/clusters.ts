import type { TestProject } from "vitest/node";
import { startCluster } from "../../scripts/redis/localCluster.js";
import { offerClusters } from "./clusterPool.js";
import startRedis from "./redis.js";
import { clusterAddress } from "./testRedis.js";

/** A file that needs more at a time starts them itself. */
const CLUSTER_COUNT = 6;

/** Provides several Redis Clusters, and one Redis with the list of free clusters. */
export default async function startClusters(project: TestProject): Promise<() => Promise<void>> {
  let redisUrl = "";
  const provide: TestProject["provide"] = (key, value) => {
    if (key === "redisUrl") redisUrl = String(value);
    project.provide(key, value);
  };
  const stopRedis = await startRedis({ provide });
  project.provide("onClusters", true);
  const clusters = await Promise.all(Array.from({ length: CLUSTER_COUNT }, () => startCluster({ masters: 3 })));
  await offerClusters(
    redisUrl,
    clusters.map(({ addresses }) => clusterAddress(addresses)),
  );
  return async () => {
    await Promise.all(clusters.map((cluster) => cluster.stop()));
    await stopRedis();
  };
}
