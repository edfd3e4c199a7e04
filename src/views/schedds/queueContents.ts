import type { Queue } from "bullmq";
import type { RedisClient } from "../../redis/redisClient.js";

/** A job that was given up. */
export interface DeadLetter {
  id: string;
  reason: string;
  /** Epoch milliseconds. */
  at: number;
}

/** The first jobs that will be taken, in that order. */
export async function listNextJobs(queue: Queue, redis: RedisClient, limit: number): Promise<string[]> {
  const { wait = "", prioritized = "" } = queue.getBackend().keys;
  const [unranked, ranked] = await Promise.all([
    // Jobs that were just reclaimed pass through the list that BullMQ empties first, from its end.
    redis.lrange(wait, -limit, -1),
    redis.zrange(prioritized, 0, String(limit - 1)),
  ]);
  return [...unranked.reverse(), ...ranked].slice(0, limit);
}

/** Jobs under a lease, the oldest first, and since when, in epoch milliseconds. */
export async function listLeasedJobs(
  queue: Queue,
  redis: RedisClient,
  limit: number,
): Promise<{ id: string; since: number }[]> {
  const backend = queue.getBackend();
  const ids = await redis.lrange(backend.keys["active"] ?? "", -limit, -1);
  const leasedAtMs = await Promise.all(ids.map((id) => redis.hget(backend.toKey(id), "processedOn")));
  return ids
    .flatMap((id, index) => {
      const since = leasedAtMs[index];
      return since == null ? [] : [{ id, since: Number(since) }];
    })
    .reverse();
}

/** Jobs that were given up, the newest first. */
export async function listDeadLetters(queue: Queue, redis: RedisClient, limit: number): Promise<DeadLetter[]> {
  const backend = queue.getBackend();
  const flat = await redis.zrevrange(backend.keys["failed"] ?? "", 0, String(limit - 1), "WITHSCORES");
  const letters = flat.flatMap((id, index) => (index % 2 === 0 ? [{ id, at: Number(flat[index + 1]) }] : []));
  const reasons = await Promise.all(letters.map(({ id }) => redis.hget(backend.toKey(id), "failedReason")));
  return letters.map((each, index) => ({ ...each, reason: reasons[index] ?? "" }));
}
