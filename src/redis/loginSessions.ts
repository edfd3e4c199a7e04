import type { RedisClient } from "./redisClient.js";

const keyOf = (id: string): string => `wms:operator-session:${id}`;

/**
 * Creates the list of the live sessions in Redis, for all web processes. A session that is not in it has ended: when Redis
 * loses a write, its owner signs in again, and no ended session comes back.
 */
export const createLoginSessions = (redis: RedisClient) => ({
  async add(id: string, value: string, ttlSeconds: number): Promise<void> {
    await redis.set(keyOf(id), value, "EX", ttlSeconds);
  },
  /** @returns the value of a session; undefined when it has ended */
  async find(id: string): Promise<string | undefined> {
    return (await redis.get(keyOf(id))) ?? undefined;
  },
  /** Ends a session. @returns its value; undefined when it had ended */
  async remove(id: string): Promise<string | undefined> {
    return (await redis.getdel(keyOf(id))) ?? undefined;
  },
});
