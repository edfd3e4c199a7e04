import { type Job, type Telemetry, UnrecoverableError, Worker } from "bullmq";
import type { Logger } from "pino";
import { exponentialBackoffMs } from "../domain/backoff.js";
import type { JobOutcome } from "../domain/wmsEvents.js";
import type { Wms } from "../lifecycle/context.js";
import { queueKeyPrefix } from "../queues/queueNames.js";
import type { RedisClient } from "../redis/redisClient.js";

/** Milliseconds after which a job of a dead process is somebody else's. */
const LOCK_MS = 15_000;
/** Milliseconds between two looks for such jobs. */
const STALLED_CHECK_INTERVAL_MS = 5_000;
/** Milliseconds before Redis is asked again after a connection that was closed: BullMQ would wait 15 s. */
const RECONNECT_DELAY_MS = 1_000;
/** The longest wait before a job that broke is tried again, in milliseconds. */
const MAX_BACKOFF_MS = 30_000;

/** The work has to wait: tried again after the wait that the worker was set up with. */
export class RetryLater extends Error {
  override name = "RetryLater";
}

/** The work can't be done, however often it is tried: a dead letter for the operator. */
export class PermanentFailure extends UnrecoverableError {
  override name = "PermanentFailure";
}

/** What {@link BackgroundQueue} stores of a job: its subject, and the offset where its work continues. */
interface JobData {
  id: string;
  offset?: number;
}

/** How a queue is drained. */
export interface BackgroundWork {
  queue: string;
  /** Jobs at a time in this process. */
  concurrency: number;
  /** @param subject what the job is about. @throws NotYet, GivenUp; anything else is tried again soon */
  work: (subject: string, jobId: string, offset: number) => Promise<void>;
  /** The wait before the next attempt after {@link RetryLater}, in milliseconds. @param attempts how many there were */
  retryLaterDelayMs?: (attempts: number) => number;
}

/** What background workers work with. */
export interface BackgroundWorkerOptions {
  /** A client that waits for Redis rather than fail: workers block on it. */
  redis: RedisClient;
  /** Continues the trace of whoever added a job; undefined: nothing is traced. */
  telemetry?: Telemetry | undefined;
}

/** A running worker. */
export interface BackgroundWorker {
  readonly worker: Worker;
  /** Takes no more jobs. @returns when those under way have ended */
  close(): Promise<void>;
  /** Puts the jobs under way back into the queue: another process may begin them anew at once. */
  requeueActiveJobs(): Promise<void>;
}

/** A BullMQ worker for one queue of the background work. */
export function startBackgroundWorker(
  { queue, concurrency, work, retryLaterDelayMs }: BackgroundWork,
  { redis, telemetry }: BackgroundWorkerOptions,
  { events, log }: Pick<Wms, "events" | "log">,
): BackgroundWorker {
  const activeJobs = new Map<Job, string | undefined>();
  const processor = async (job: Job<JobData>, token?: string): Promise<void> => {
    activeJobs.set(job, token);
    try {
      await work(job.data.id, job.id ?? job.data.id, job.data.offset ?? 0);
    } finally {
      activeJobs.delete(job);
    }
  };
  const worker = new Worker<JobData>(queue, processor, {
    connection: redis,
    ...(telemetry && { telemetry }),
    prefix: queueKeyPrefix(queue),
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_INTERVAL_MS,
    runRetryDelay: RECONNECT_DELAY_MS,
    // A job whose process died is no failure, however often that happens.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    skipVersionCheck: true,
    settings: {
      backoffStrategy: (attempts, _type, error) =>
        error instanceof RetryLater && retryLaterDelayMs !== undefined
          ? retryLaterDelayMs(attempts)
          : exponentialBackoffMs(1000, attempts, MAX_BACKOFF_MS),
    },
  });
  // The client itself logs lost connections, once; without a listener Node would end the process.
  worker.on("error", () => {});
  worker.on("completed", () => events.emit("jobEnded", { queue, outcome: "done" }));
  worker.on("failed", (job, error) => {
    events.emit("jobEnded", { queue, outcome: outcomeOf(error) });
    logFailure(log, queue, job, error);
  });
  return {
    worker,
    close: () => worker.close(),
    async requeueActiveJobs() {
      // One that has just ended, or whose lock is lost, is nobody's to give back.
      await Promise.allSettled([...activeJobs].map(([job, token]) => job.moveToWait(token)));
    },
  };
}

function outcomeOf(error: Error): JobOutcome {
  if (error instanceof RetryLater) return "retry";
  return error instanceof PermanentFailure ? "dead" : "failed";
}

function logFailure(log: Logger, queue: string, job: Job | undefined, error: Error): void {
  const fields = { queue, job: job?.id, attempts: job?.attemptsMade };
  if (error instanceof RetryLater) log.info({ ...fields, reason: error.message }, "to be tried again later");
  else if (error instanceof PermanentFailure)
    log.error({ ...fields, reason: error.message }, "given up, kept for the operator");
  else log.warn({ ...fields, err: error }, "background job failed, to be tried again");
}
