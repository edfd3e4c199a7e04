import type { Redis } from "ioredis";
import type { RedisClient } from "../../src/redis/redisClient.js";

/** Counts the commands that a client sends from now on, those inside of pipelines included. */
export function countCommands(client: RedisClient): () => number {
  const redis = client as Redis;
  let count = 0;
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...sent) => {
    count++;
    return send(...sent);
  };
  return () => count;
}
