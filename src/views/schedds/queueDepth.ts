import type { Queue } from "bullmq";
import { nextEpochSeconds } from "../../domain/clock.js";
import type { RedisClient } from "../../redis/redisClient.js";

/** How many jobs of a queue are where. */
export interface JobCounts {
  /** Ready to be taken. */
  waiting: number;
  /** To be taken later: after a failure, or a moment. */
  delayed: number;
  /** Leased by a TMS, or in the hands of a worker. */
  active: number;
  /** Given up, kept for the operator. */
  dead: number;
}

/** Counts a queue's jobs. Costs the same however many there are. */
export async function countJobs(queue: Queue): Promise<JobCounts> {
  const counts = await queue.getJobCounts("wait", "prioritized", "delayed", "active", "failed");
  const { wait = 0, prioritized = 0, delayed = 0, active = 0, failed = 0 } = counts;
  return { waiting: wait + prioritized, delayed, active, dead: failed };
}

/** BullMQ's score of a waiting job is its rank times this, plus a number that counts arrivals. */
const RANK_SCORE_STEP = 0x1_0000_0000;
/** Ranks looked at. There is one for each pair of priority and failures among the waiting, so a few at most times. */
const MAX_RANKS = 256;

/**
 * The first waiting job of each rank: the one that waits longest is among them, for equals keep the order of arrival. Jumps
 * from rank to rank, so the cost does not grow with the length of the queue.
 */
export async function listFirstOfEachRank(queue: Queue, redis: RedisClient): Promise<string[]> {
  const { prioritized = "" } = queue.getBackend().keys;
  const first: string[] = [];
  let minScore = 0;
  while (first.length < MAX_RANKS) {
    const [id, score] = await redis.zrangebyscore(prioritized, minScore, "+inf", "WITHSCORES", "LIMIT", 0, 1);
    if (id === undefined) break;
    first.push(id);
    minScore = (Math.floor(Number(score) / RANK_SCORE_STEP) + 1) * RANK_SCORE_STEP;
  }
  return first;
}

/**
 * How long the job waits that waits longest of those that can be taken, in seconds; 0 when none does.
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
