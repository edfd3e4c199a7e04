import type { QueueOptions, Telemetry } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { queueKeyPrefix } from "./queueNames.js";

/** Entries kept of a queue's event stream. BullMQ's default of 10,000 costs 0.8 MB for each queue. */
const MAX_STREAM_EVENTS = 20;

/**
 * Options that every queue shares. Both `skip…` are needed: without them `add` hangs for ever on a queue that was made
 * while Redis was away.
 */
export const queueOptions = (name: string, redis: RedisClient, telemetry?: Telemetry): QueueOptions => ({
  ...(telemetry && { telemetry }),
  connection: redis,
  prefix: queueKeyPrefix(name),
  skipWaitingForReady: true,
  skipVersionCheck: true,
  streams: { events: { maxLen: MAX_STREAM_EVENTS } },
  // A completed job that is kept would block a later one with the same id. Failed ones are the dead letters.
  defaultJobOptions: { removeOnComplete: true, removeOnFail: false },
});
