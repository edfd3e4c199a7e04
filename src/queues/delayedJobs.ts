import type { Queue } from "bullmq";
import { batchesOf } from "../domain/batchesOf.js";
import type { RedisClient } from "../redis/redisClient.js";
import { DELAY_SCORE_STEP, stateKey } from "./bullLayout.js";

/** Jobs in one command. */
const BATCH_SIZE = 500;

/** A delayed job. */
export interface DelayedJob {
  id: string;
  /** When it can be leased, in epoch milliseconds. */
  dueMs: number;
}

/** Reads the delayed jobs of a queue that are due after a time, in batches. @param afterMs epoch milliseconds */
export async function* readJobsDueAfter(
  queue: Queue,
  redis: RedisClient,
  afterMs: number,
): AsyncGenerator<DelayedJob[]> {
  let after = String(afterMs * DELAY_SCORE_STEP);
  for (;;) {
    const range = [`(${after}`, "+inf", "WITHSCORES", "LIMIT", 0, BATCH_SIZE] as const;
    const flat = await redis.zrangebyscore(stateKey(queue, "delayed"), ...range);
    if (flat.length === 0) return;
    after = flat.at(-1) as string;
    yield [...batchesOf(flat, 2)].map(([id = "", score]) => ({ id, dueMs: Number(score) / DELAY_SCORE_STEP }));
  }
}

/** Lets a delayed job be leased earlier. A later time changes nothing. */
export async function bringForward(queue: Queue, redis: RedisClient, { id, dueMs }: DelayedJob): Promise<void> {
  await redis.zadd(stateKey(queue, "delayed"), "XX", "LT", Math.round(dueMs) * DELAY_SCORE_STEP, id);
}
