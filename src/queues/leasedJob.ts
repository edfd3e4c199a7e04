import type { JobJson, MinimalJob } from "bullmq";
import { epochMs } from "../domain/clock.js";

/** The name and the data of all jobs: a job holds only its id. */
export const JOB_NAME = "taskforce";
export const JOB_DATA = "{}";

/** A job to add. */
export interface RankedJob {
  id: string;
  /** BullMQ priority: an integer from 1 on, lower first. */
  rank: number;
}

/** Creates a job of the first rank in BullMQ's own form, which can be leased after a delay. @param delayMs milliseconds */
export const delayedBullJob = (id: string, delayMs: number): JobJson => ({
  id,
  name: JOB_NAME,
  data: JOB_DATA,
  opts: { priority: 1, delay: delayMs },
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
