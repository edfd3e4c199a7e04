import { Queue, type Telemetry } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { MissingJobs } from "./missingJobs.js";
import { queueOptions } from "./queueOptions.js";

/** In effect unlimited. BullMQ's UnrecoverableError ends a job that waiting can't repair. */
const MAX_ATTEMPTS = 1_000_000;
/** The worker computes the backoff. `delay` is the first one, in milliseconds. */
const BACKOFF = { type: "wms", delay: 1000 };
/** Of failed attempts of a job. BullMQ would keep all of them and fill Redis during a long outage. */
const MAX_STACK_TRACES = 3;

/** A job of the background work. */
interface BackgroundJob {
  id: string;
  /** The id of the workflow or taskforce; the job's id by default. */
  subject?: string;
  /** How much of the work is done already, in the unit of the work; 0 unless given. */
  offset?: number;
  /** A past event, which the worker can't read from the store. */
  event?: object;
  /** Number of dead letters of the queue that are kept with this one; all of them by default. */
  keptDeadLetters?: number;
}

/** A queue that the service's own workers process. A job holds only an id; the worker reads the rest from the store. */
export class BackgroundQueue {
  readonly queue: Queue;
  readonly #redis: RedisClient;

  /** @param telemetry carries the trace of the request that adds a job to the worker; undefined turns tracing off */
  constructor(name: string, redis: RedisClient, telemetry?: Telemetry) {
    this.#redis = redis;
    this.queue = new Queue(name, queueOptions(name, redis, telemetry));
    // Without a listener Node would end the process. The Redis client logs lost connections itself.
    this.queue.on("error", () => {});
  }

  /** Adds jobs. A job that the queue has already, in any state, stays unchanged. */
  async add(jobs: readonly BackgroundJob[]): Promise<void> {
    const [only] = jobs;
    if (only === undefined) return;
    if (jobs.length === 1) await this.queue.add("job", toJobData(only), toJobOptions(only));
    else await this.queue.addBulk(jobs.map((job) => ({ name: "job", data: toJobData(job), opts: toJobOptions(job) })));
  }

  /** Removes a job, also a dead letter. A job that a worker processes stays. */
  async remove(id: string): Promise<void> {
    await this.queue.remove(id);
  }

  /** Starts a search for jobs that the queue lacks. Dead letters count as present. */
  missingJobs(): MissingJobs {
    return new MissingJobs(this.queue, this.#redis);
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

const toJobData = ({ id, subject = id, offset, event }: BackgroundJob) => ({
  id: subject,
  ...(offset && { offset }),
  ...(event && { event }),
});
const toJobOptions = ({ id, keptDeadLetters }: BackgroundJob) => ({
  jobId: id,
  ...(keptDeadLetters !== undefined && { removeOnFail: { count: keptDeadLetters } }),
  attempts: MAX_ATTEMPTS,
  backoff: BACKOFF,
  stackTraceLimit: MAX_STACK_TRACES,
});
