import { inject } from "vitest";
import { returnClusters, takeCluster } from "./clusterPool.js";
import { returnDatabases, takeDatabase } from "./databasePool.js";
import { CLUSTER_PARTITIONS } from "./testRedis.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** Whether the tests run on Redis Clusters. */
    onClusters: boolean;
  }
}

/** Partitions of the store of a service that tests start. */
export const PARTITIONS = inject("onClusters") ? CLUSTER_PARTITIONS : 16;

const takenByThisFile: number[] = [];

/**
 * Takes an empty Redis database that no other test uses, or a whole cluster where the tests run on Redis Clusters.
 *
 * @returns its `redis://…/<number>`, or `redis-cluster://…`; it is emptied when the test file has ended
 */
export async function freshDatabase(): Promise<string> {
  if (inject("onClusters")) return takeCluster(inject("redisUrl"));
  const { url, number } = await takeDatabase(inject("redisUrl"));
  takenByThisFile.push(number);
  return url;
}

/** Gives back what {@link freshDatabase} took in this test file. */
export async function releaseDatabases(): Promise<void> {
  await returnClusters(inject("redisUrl"));
  await returnDatabases(inject("redisUrl"), takenByThisFile.splice(0));
}
