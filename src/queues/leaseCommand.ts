import type { IQueueBackend } from "bullmq";
import { moveToActive } from "bullmq/dist/esm/scripts/moveToActive-11.js";
import type { RedisClient } from "../redis/redisClient.js";
import { DEADLINE_LUA, writeDeadlineMs } from "../redis/writeDeadline.js";

const COMMAND = "wms_lease";

/** The part of BullMQ's backend on Redis through which it runs its scripts. */
interface ScriptRunner {
  execCommand(client: unknown, command: string, args: unknown[]): unknown;
}

/**
 * Makes BullMQ lease no job after the deadline of the command: a Redis that stood still would lease jobs to pollers that
 * have got a 503 by then. The script is BullMQ's own, after a check of the time.
 */
export function leaseWithDeadline(backend: IQueueBackend, redis: RedisClient): void {
  if (!(COMMAND in redis))
    redis.defineCommand(COMMAND, { lua: DEADLINE_LUA + moveToActive.content, numberOfKeys: moveToActive.keys });
  const runner = backend as unknown as ScriptRunner;
  const execute = runner.execCommand.bind(runner);
  const lease = (redis as unknown as Record<string, (...args: unknown[]) => unknown>)[COMMAND];
  runner.execCommand = (client, command, args) =>
    command === "moveToActive" ? lease?.call(redis, ...args, writeDeadlineMs()) : execute(client, command, args);
}
