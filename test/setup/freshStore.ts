import { onTestFinished } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { freshDatabase } from "./database.js";
import { openRedis } from "./testRedis.js";

/** Opens a store on an empty database, and a client of it. Both close when the test has ended. */
export async function freshStore(partitions: number): Promise<{ redis: RedisClient; store: Store }> {
  const redis = openRedis(await freshDatabase());
  onTestFinished(() => redis.disconnect());
  return { redis, store: await openStore(redis, { partitions }) };
}
