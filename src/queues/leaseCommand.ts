import type { IQueueBackend } from "bullmq";
import { moveToActive } from "bullmq/dist/esm/scripts/moveToActive-11.js";
import type { RedisClient } from "../redis/redisClient.js";
import { ScriptCommand } from "../redis/scriptCommand.js";
import { DEADLINE_LUA, writeDeadlineMs } from "../redis/writeDeadline.js";

const lease = new ScriptCommand("wms_lease", DEADLINE_LUA + moveToActive.content);

/** The part of BullMQ's backend on Redis through which it runs its scripts. */
interface ScriptRunner {
  execCommand(client: unknown, command: string, args: unknown[]): unknown;
}

/**
 * Makes BullMQ lease no job after the deadline of the command: a Redis that stood still would lease jobs to pollers that
 * have got a 503 by then. The script is BullMQ's own, after a check of the time.
 */
export function leaseWithDeadline(backend: IQueueBackend, redis: RedisClient): void {
  const runner = backend as unknown as ScriptRunner;
  const execute = runner.execCommand.bind(runner);
  runner.execCommand = (client, command, args) => {
    if (command !== "moveToActive") return execute(client, command, args);
    const keys = args.slice(0, moveToActive.keys) as string[];
    const others = args.slice(moveToActive.keys) as (string | Buffer)[];
    return lease.run(redis, keys, [...others, writeDeadlineMs()]);
  };
}
