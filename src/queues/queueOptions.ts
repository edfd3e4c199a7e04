import type { QueueOptions, Telemetry } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";

/** Entries that BullMQ keeps of a queue's event stream. Its default of 10,000 costs 0.8 MB for each queue. */
export const MAX_STREAM_EVENTS = 20;

/** The prefix of all keys of a queue, a hash tag that keeps them in one slot of a Redis Cluster. */
export const queueKeyPrefix = (name: string): string => `{wmsq-${name}}`;

/**
 * Returns the options that every queue shares. Both `skip…` are needed: without them `add` never returns on a queue
 * that was created while Redis was unreachable.
 */
export const queueOptions = (name: string, redis: RedisClient, telemetry?: Telemetry): QueueOptions => ({
  ...(telemetry && { telemetry }),
  connection: redis,
  prefix: queueKeyPrefix(name),
  skipWaitingForReady: true,
  skipVersionCheck: true,
  streams: { events: { maxLen: MAX_STREAM_EVENTS } },
  // A completed job that is kept would block a later job with the same id. Failed jobs are the dead letters.
  defaultJobOptions: { removeOnComplete: true, removeOnFail: false },
});
