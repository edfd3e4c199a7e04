import type { TestProject } from "vitest/node";
import { startCluster } from "../../scripts/redis/localCluster.js";
import { offerClusters } from "./clusterPool.js";
import startRedis from "./redis.js";
import { clusterAddress } from "./testRedis.js";

/** Files start more where they need more at a time. */
const CLUSTER_COUNT = 6;

/** For a run on Redis Clusters: some of them, and one Redis that keeps which of them are free. */
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
