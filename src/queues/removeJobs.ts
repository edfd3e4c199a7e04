import { readFileSync } from "node:fs";
import type { Queue } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { ScriptCommand } from "../redis/scriptCommand.js";
import { jobKey, SORTED_SET_STATES, stateKey } from "./bullLayout.js";

const script = readFileSync(new URL("./scripts/removeJobs.lua", import.meta.url), "utf8");
const command = new ScriptCommand("wms_removeJobs", script);

/**
 * Removes jobs of a queue that wait or are dead letters.
 *
 * @param ids few enough not to block Redis
 * @returns the ids of the other jobs that exist
 */
export async function removeJobs(redis: RedisClient, queue: Queue, ids: readonly string[]): Promise<string[]> {
  const keys = SORTED_SET_STATES.map((state) => stateKey(queue, state));
  return (await command.run(redis, keys, [jobKey(queue, ""), ...ids])) as string[];
}
