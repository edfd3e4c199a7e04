import { readFileSync } from "node:fs";
import type { Queue } from "bullmq";
import { addPrioritizedJob } from "bullmq/dist/esm/scripts/addPrioritizedJob-9.js";
import { epochMs } from "../domain/clock.js";
import type { RedisClient } from "../redis/redisClient.js";
import { ScriptCommand } from "../redis/scriptCommand.js";
import { ADD_JOB_KEYS, jobKey } from "./bullLayout.js";
import { JOB_DATA, JOB_NAME, type RankedJob } from "./leasedJob.js";

const addOneJob = `local function add_job(KEYS, ARGV)\n${addPrioritizedJob.content}\nend\n`;
const script = readFileSync(new URL("./scripts/addJobs.lua", import.meta.url), "utf8");
const command = new ScriptCommand("wms_addJobs", addOneJob + script);

/**
 * Adds jobs to a queue. A job that the queue has already, in any state, stays unchanged. `Queue.addBulk` sends a command
 * for each job, and stores every option: that text exceeds 64 bytes, so Redis would drop the compact form of the hash
 * and use twice the memory for each job.
 *
 * @param jobs few enough not to block Redis
 */
export async function addJobs(redis: RedisClient, queue: Queue, jobs: readonly RankedJob[]): Promise<void> {
  const keys = ADD_JOB_KEYS.map((name) => queue.toKey(name));
  const given = jobs.flatMap(({ id, rank }) => [id, rank]);
  await command.run(redis, keys, [jobKey(queue, ""), JOB_NAME, JOB_DATA, Math.round(epochMs()), ...given]);
}
