import type { JobJson, MinimalJob } from "bullmq";
import { epochMs } from "../domain/clock.js";

/** A job to add. */
export interface NewJob {
  id: string;
  /** BullMQ priority: an integer from 1 on, lower first. */
  rank: number;
  /** Milliseconds until the job can be leased; 0 by default. */
  delayMs?: number;
}

/**
 * Creates a job in BullMQ's own form. `Queue.addBulk` would store every option. That text exceeds 64 bytes, so Redis
 * would drop the compact form of the hash and use twice the memory for each job.
 */
export const toBullJob = ({ id, rank, delayMs = 0 }: NewJob): JobJson => ({
  id,
  name: "taskforce",
  data: "{}",
  opts: { priority: rank, ...(delayMs > 0 && { delay: delayMs }) },
  timestamp: Math.round(epochMs()),
  progress: 0,
  attemptsMade: 0,
  attemptsStarted: 0,
  stalledCounter: 0,
  failedReason: "",
  returnvalue: "null",
});

/** The part of a job that BullMQ needs to end it. */
export const minimalJob = (id: string): MinimalJob => ({ id, opts: { attempts: 1 } }) as unknown as MinimalJob;
