import { onTestFinished } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore, type Store } from "../../src/store/store.js";
import { startOwnRedis } from "./ownRedis.js";
import { openRedis } from "./testRedis.js";

/** Opens a store on its own Redis server, for records of megabytes: they would delay other tests of a shared one. */
export async function ownStore(partitions: number): Promise<{ redis: RedisClient; store: Store }> {
  const redis = openRedis((await startOwnRedis()).url);
  onTestFinished(() => redis.disconnect());
  return { redis, store: await openStore(redis, { partitions }) };
}
