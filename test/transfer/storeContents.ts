import type { RedisClient } from "../../src/redis/redisClient.js";
import { findKeys } from "../setup/testRedis.js";

/**
 * All keys of the store's partitions with their contents, except what has no place in an export: events, configurations
 * that nothing refers to, and marks of requests; nor tombstones and the state of retention.
 */
export async function storeContents(redis: RedisClient): Promise<Record<string, unknown>> {
  const contents: Record<string, unknown> = {};
  for (const key of (await findKeys(redis, "wms:{*")).sort()) {
    if (/:(events|configurations|dirty)$|:archived:|^wms:\{retention\}/.test(key)) continue;
    const content = await readKey(redis, key);
    if (Object.keys(content as object).length > 0) contents[key] = content;
  }
  return contents;
}

async function readKey(redis: RedisClient, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "zset":
      return redis.zrange(key, 0, "-1", "WITHSCORES");
    case "hash": {
      const entries = Object.entries(await redis.hgetall(key));
      // A count of 0 remains when the last taskforce has left, and a report of no errors means the same as none.
      const isEmpty = (value: string) => (key.endsWith(":counts") ? value === "0" : value === "{}");
      return Object.fromEntries(entries.filter(([, value]) => !isEmpty(value)).sort());
    }
    case "set":
      return (await redis.smembers(key)).sort();
    default:
      return redis.get(key);
  }
}
