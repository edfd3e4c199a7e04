import { Queue, type Telemetry } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { MissingJobs } from "./missingJobs.js";
import { queueOptions } from "./queueOptions.js";

/** Attempts of a background job: until it works. What can't be repaired by waiting ends with BullMQ's UnrecoverableError. */
const MAX_ATTEMPTS = 1_000_000;
/** Milliseconds before the second attempt; each further one waits twice as long, up to BullMQ's own growth. */
const BACKOFF = { type: "wms", delay: 1000 };

/** Stacks kept of failed attempts: BullMQ would keep them all, and fill Redis while something is broken for long. */
const MAX_STACK_TRACES = 3;

/** A background job: an id, and the workflow or taskforce it is about where that is another one. */
export interface BackgroundJob {
  id: string;
  /** What the work is about; the job's id unless told. */
  subject?: string;
  /** How much of the work is done already, in the unit of the work; 0 unless given. */
  offset?: number;
}

/** A queue that our own workers drain. Jobs carry an id; everything else is read when they are taken. */
export class BackgroundQueue {
  readonly queue: Queue;
  readonly #redis: RedisClient;

  /** @param telemetry carries the trace of whoever adds a job to the worker; undefined: nothing is traced */
  constructor(name: string, redis: RedisClient, telemetry?: Telemetry) {
    this.#redis = redis;
    this.queue = new Queue(name, queueOptions(name, redis, telemetry));
    // The client itself logs lost connections, once; without a listener Node would end the process.
    this.queue.on("error", () => {});
  }

  /** Puts jobs into the queue; one that is there already, in whatever state, stays as it is. */
  async add(jobs: readonly BackgroundJob[]): Promise<void> {
    const [only] = jobs;
    if (only === undefined) return;
    if (jobs.length === 1) await this.queue.add("job", toJobData(only), toJobOptions(only));
    else await this.queue.addBulk(jobs.map((job) => ({ name: "job", data: toJobData(job), opts: toJobOptions(job) })));
  }

  /** Forgets a job, also one that was given up; one that is being worked on stays. */
  async remove(id: string): Promise<void> {
    await this.queue.remove(id);
  }

  /** What tells, in one pass, which jobs the queue lacks. Jobs that were given up are there, too. */
  missingJobs(): MissingJobs {
    return new MissingJobs(this.queue, this.#redis);
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

const toJobData = ({ id, subject = id, offset }: BackgroundJob) => ({ id: subject, ...(offset && { offset }) });
const toJobOptions = ({ id }: BackgroundJob) => ({
  jobId: id,
  attempts: MAX_ATTEMPTS,
  backoff: BACKOFF,
  stackTraceLimit: MAX_STACK_TRACES,
});
