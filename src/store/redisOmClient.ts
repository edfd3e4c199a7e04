import type { RedisConnection } from "redis-om";
import type { RedisClient } from "../redis/redisClient.js";
import type { WriteCommands } from "./writes.js";

type Fields = Record<string, string | number>;

/**
 * The handful of node-redis methods that a redis-om repository calls, spoken through ioredis: one client and one
 * reconnect policy serve the repositories and everything else.
 */
export function createRedisOmClient(redis: RedisClient): RedisConnection {
  const client = {
    hGetAll: (key: string) => redis.hgetall(key),
    unlink: (...keys: string[]) => redis.unlink(...keys),
    expire: (key: string, seconds: number) => redis.expire(key, seconds),
    get: (key: string) => redis.get(key),
    set: (key: string, value: string) => redis.set(key, value),
    multi: () => {
      const multi = redis.multi();
      return createTransactionAdapter(multi, () => multi.exec());
    },
  };
  return client as unknown as RedisConnection;
}

/** The same, bound to an open `MULTI` or its like: several saves become one transaction, which the caller executes. */
export function createRedisOmTransaction(open: WriteCommands): RedisConnection {
  return { multi: () => createTransactionAdapter(open, async () => []) } as unknown as RedisConnection;
}

/** The same, but nothing is sent: what a save would write is given to `collect`, for a script to write. */
export function createRedisOmRecorder(collect: (key: string, fields: Fields) => void): RedisConnection {
  const recorder = {
    unlink: () => recorder,
    hSet: (key: string, fields: Fields) => {
      collect(key, fields);
      return recorder;
    },
    exec: async () => [],
  };
  return { multi: () => recorder } as unknown as RedisConnection;
}

function createTransactionAdapter(commands: WriteCommands, exec: () => Promise<unknown>) {
  const chain = {
    unlink: (key: string) => {
      commands.unlink(key);
      return chain;
    },
    hSet: (key: string, fields: Fields) => {
      commands.hset(key, fields);
      return chain;
    },
    exec,
  };
  return chain;
}
