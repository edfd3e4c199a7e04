import { readFileSync } from "node:fs";
import type { Queue } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { jobKey, SORTED_SET_STATES, stateKey } from "./bullLayout.js";

const COMMAND = "wms_removeJobs";

type RemoveJobs = (keyCount: number, ...keysAndArguments: string[]) => Promise<string[]>;

/** Defines the script of {@link removeJobs} as a command of a client. A client is shared by many queues. */
export function defineRemoveJobs(redis: RedisClient): void {
  if (COMMAND in redis) return;
  const lua = readFileSync(new URL("./scripts/removeJobs.lua", import.meta.url), "utf8");
  redis.defineCommand(COMMAND, { lua });
}

/**
 * Removes jobs of a queue that wait or are dead letters.
 *
 * @param redis a client with {@link defineRemoveJobs}
 * @param ids few enough not to block Redis
 * @returns the ids of the other jobs that exist
 */
export function removeJobs(redis: RedisClient, queue: Queue, ids: readonly string[]): Promise<string[]> {
  const keys = SORTED_SET_STATES.map((state) => stateKey(queue, state));
  // ioredis does not type the commands that a client defines.
  const call = (redis as unknown as Record<typeof COMMAND, RemoveJobs>)[COMMAND];
  return call.call(redis, keys.length, ...keys, jobKey(queue, ""), ...ids);
}
