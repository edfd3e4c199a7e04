import type { RedisConnection } from "redis-om";
import type { RedisClient } from "../redis/redisClient.js";

type Fields = Record<string, string | number>;

/**
 * The node-redis method by which a redis-om repository reads hashes, on ioredis: one connection serves the whole
 * store.
 */
export const createRedisOmReader = (redis: RedisClient): RedisConnection =>
  ({ hGetAll: (key: string) => redis.hgetall(key) }) as unknown as RedisConnection;

/** The methods by which a redis-om repository saves a hash: `write` gets the fields, and nothing is sent to Redis. */
export function createRedisOmWriter(write: (key: string, fields: Fields) => void): RedisConnection {
  const multi = {
    // redis-om unlinks the key before it writes. A new entity has no key yet.
    unlink: () => multi,
    hSet: (key: string, fields: Fields) => {
      write(key, fields);
      return multi;
    },
    exec: async () => [],
  };
  return { multi: () => multi } as unknown as RedisConnection;
}
