import type { Queue } from "bullmq";
import { batchesOf } from "../../domain/batchesOf.js";
import { nextEpochSeconds } from "../../domain/clock.js";
import type { ScheddQueueContents } from "../../domain/schedd.js";
import { JOB_FIELDS, jobKey, RANK_SCORE_STEP, stateKey } from "../../queues/bullLayout.js";
import type { RedisClient } from "../../redis/redisClient.js";

/** The number of a queue's jobs by state. */
export interface JobCounts {
  /** Ready to be leased. */
  waiting: number;
  /** Waiting for the end of a backoff. */
  delayed: number;
  /** Leased by a TMS or a worker. */
  active: number;
  /** Dead letters, which only an operator can retry. */
  dead: number;
}

/** Counts a queue's jobs in constant time. */
export async function countJobs(queue: Queue): Promise<JobCounts> {
  const counts = await queue.getJobCounts("wait", "prioritized", "delayed", "active", "failed");
  const { wait = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
  return { waiting: wait + prioritized, delayed, active, dead: failed };
}

/** The most ranks that are read. Each pair of priority and failures among the waiting jobs has a rank: usually a few. */
const MAX_RANKS = 256;

/**
 * Lists the first waiting job of each rank. Jobs of one rank keep the order of arrival, so the longest waiting job is
 * one of these. Jumps from rank to rank: the cost does not grow with the length of the queue.
 */
export async function listFirstOfEachRank(queue: Queue, redis: RedisClient): Promise<string[]> {
  const key = stateKey(queue, "prioritized");
  const first: string[] = [];
  let minScore = 0;
  while (first.length < MAX_RANKS) {
    const [id, score] = await redis.zrangebyscore(key, minScore, "+inf", "WITHSCORES", "LIMIT", 0, 1);
    if (id === undefined) break;
    first.push(id);
    minScore = (Math.floor(Number(score) / RANK_SCORE_STEP) + 1) * RANK_SCORE_STEP;
  }
  return first;
}

/**
 * Returns the seconds that the longest waiting job has waited; 0 when no job waits.
 *
 * @param readWaitingSince epoch seconds since which a job waits; undefined when it should not wait at all
 */
export async function readLongestWaitSeconds(
  queue: Queue,
  redis: RedisClient,
  readWaitingSince: (id: string) => Promise<number | undefined>,
): Promise<number> {
  const waitingSinceSeconds = await Promise.all((await listFirstOfEachRank(queue, redis)).map(readWaitingSince));
  return Math.max(0, ...waitingSinceSeconds.map((at) => (at === undefined ? 0 : nextEpochSeconds() - at)));
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

/** Lists leased jobs, the oldest lease first. Times are epoch seconds. */
export async function listLeasedJobs(
  queue: Queue,
  redis: RedisClient,
  limit: number,
): Promise<ScheddQueueContents["leases"]> {
  const ids = (await redis.lrange(stateKey(queue, "active"), -limit, -1)).reverse();
  const leases = ids.map(async (taskforce_uuid) => {
    const leasedAtMs = await redis.hget(jobKey(queue, taskforce_uuid), JOB_FIELDS.leasedAtMs);
    return leasedAtMs === null ? [] : [{ taskforce_uuid, since: Number(leasedAtMs) / 1000 }];
  });
  return (await Promise.all(leases)).flat();
}

/** Lists dead letters, the newest first. Times are epoch seconds. */
export async function listDeadLetters(
  queue: Queue,
  redis: RedisClient,
  limit: number,
): Promise<ScheddQueueContents["dead_letters"]> {
  const flat = await redis.zrevrange(stateKey(queue, "failed"), 0, String(limit - 1), "WITHSCORES");
  const letters = [...batchesOf(flat, 2)].map(async ([taskforce_uuid = "", diedAtMs]) => {
    const reason = (await redis.hget(jobKey(queue, taskforce_uuid), JOB_FIELDS.failureReason)) ?? "";
    return { taskforce_uuid, reason, timestamp: Number(diedAtMs) / 1000 };
  });
  return Promise.all(letters);
}
