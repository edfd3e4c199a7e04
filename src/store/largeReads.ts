import { Command } from "ioredis";
import type { RedisClient } from "../redis/redisClient.js";

/** Time limit of a read of megabytes. The time limit of the connection is too short for data of earlier releases. */
const LARGE_READ_TIMEOUT_MS = 30_000;

/**
 * Sends a command whose reply may have many megabytes.
 *
 * @param bulk the connection for megabytes: on the one for requests, small commands would time out behind the reply
 */
export function readLarge<T>(
  bulk: RedisClient,
  name: "hgetall" | "hget" | "hmget",
  key: string,
  ...rest: string[]
): Promise<T> {
  const command = new Command(name, [key, ...rest], { replyEncoding: "utf8" });
  // The first time limit of a command counts; the connection sets its own later.
  command.setTimeout(LARGE_READ_TIMEOUT_MS);
  return bulk.sendCommand(command) as Promise<T>;
}
