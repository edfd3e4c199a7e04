import type { Queue } from "bullmq";
import { JOB_FIELDS, jobKey, stateKey } from "../../queues/bullLayout.js";
import type { RedisClient } from "../../redis/redisClient.js";

/** A job that the service no longer retries. */
export interface DeadLetter {
  id: string;
  reason: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Lists the ids of the next jobs to be leased, in that order. */
export async function listNextJobs(queue: Queue, redis: RedisClient, limit: number): Promise<string[]> {
  const [unranked, ranked] = await Promise.all([
    // Reclaimed jobs pass through the list, which BullMQ empties first, from its right end.
    redis.lrange(stateKey(queue, "wait"), -limit, -1),
    redis.zrange(stateKey(queue, "prioritized"), 0, String(limit - 1)),
  ]);
  return [...unranked.reverse(), ...ranked].slice(0, limit);
}

/** Lists leased jobs, the oldest lease first. `since` is its start in epoch milliseconds. */
export async function listLeasedJobs(
  queue: Queue,
  redis: RedisClient,
  limit: number,
): Promise<{ id: string; since: number }[]> {
  const ids = await redis.lrange(stateKey(queue, "active"), -limit, -1);
  const leasedAtMs = await Promise.all(ids.map((id) => redis.hget(jobKey(queue, id), JOB_FIELDS.leasedAtMs)));
  return ids
    .flatMap((id, index) => {
      const since = leasedAtMs[index];
      return since == null ? [] : [{ id, since: Number(since) }];
    })
    .reverse();
}

/** Lists dead letters, the newest first. */
export async function listDeadLetters(queue: Queue, redis: RedisClient, limit: number): Promise<DeadLetter[]> {
  const flat = await redis.zrevrange(stateKey(queue, "failed"), 0, String(limit - 1), "WITHSCORES");
  const letters = flat.flatMap((id, index) => (index % 2 === 0 ? [{ id, at: Number(flat[index + 1]) }] : []));
  const reasons = await Promise.all(letters.map(({ id }) => redis.hget(jobKey(queue, id), JOB_FIELDS.failureReason)));
  return letters.map((each, index) => ({ ...each, reason: reasons[index] ?? "" }));
}
