import { DelayedError, type Job, type Telemetry, UnrecoverableError, Worker } from "bullmq";
import type { Logger } from "pino";
import { epochMs } from "../domain/clock.js";
import { exponentialBackoffMs } from "../domain/time.js";
import type { JobOutcome } from "../domain/wmsEvents.js";
import type { Wms } from "../lifecycle/context.js";
import { queueKeyPrefix } from "../queues/queueOptions.js";
import { MAX_BLOCK_MS } from "../redis/connectClients.js";
import type { RedisClient } from "../redis/redisClient.js";

/** Milliseconds after which the job of a dead process is stalled, and another worker takes it over. */
const LOCK_MS = 15_000;

/** The job cannot succeed yet: the worker retries it after `retryLaterDelayMs`. */
export class RetryLater extends Error {
  override name = "RetryLater";
  /** The shortest wait. */
  readonly waitMs: number;

  constructor(reason: string, waitSeconds = 0) {
    super(reason);
    this.waitMs = 1000 * waitSeconds;
  }
}

/** The job had no turn: it waits, and this does not count as an attempt. */
export class Postponed extends Error {
  override name = "Postponed";
  readonly waitMs: number;

  constructor(waitMs: number) {
    super("the job waits for its turn");
    this.waitMs = waitMs;
  }
}

/** A retry would fail too: the job becomes a dead letter. */
export class PermanentFailure extends UnrecoverableError {
  override name = "PermanentFailure";
}

/** A queue of background jobs, and the work on one job. */
export interface BackgroundWork {
  queue: string;
  /** Maximum number of jobs that run at once in this process. */
  concurrency: number;
  /**
   * @param subject the id of the workflow, taskforce or webhook
   * @throws RetryLater, PermanentFailure, Postponed; other errors are retried soon
   */
  work: (subject: string, jobId: string, offset: number, run: JobRun) => Promise<void>;
  /** The wait after {@link RetryLater}. @param attempts so far */
  retryLaterDelayMs?: (attempts: number) => number;
}

/** One run of a job. */
export interface JobRun {
  /** 1 for the first one. */
  attempt: number;
  /** The past event that the job is about, as it was added with it. */
  event: object | undefined;
}

/** Options of all background workers. */
export interface BackgroundWorkerOptions {
  /** A client that waits while Redis is unreachable: workers block on it. */
  redis: RedisClient;
  /** Continues the trace in which a job was added; undefined: tracing is off. */
  telemetry?: Telemetry | undefined;
}

/** A BullMQ worker whose blocking reads end in time also when a delayed job is due later. */
class BriefBlockingWorker extends Worker {
  override get maximumBlockTimeout(): number {
    return MAX_BLOCK_MS / 1000;
  }
}

/** A running worker. */
export interface BackgroundWorker {
  readonly worker: Worker;
  /** Leases no more jobs. @returns when the active jobs have ended */
  close(): Promise<void>;
  /** Requeues the active jobs, so that another process can restart them at once. */
  requeueActiveJobs(): Promise<void>;
}

type JobData = { id: string; offset?: number; event?: object };

/** Starts a BullMQ worker for one background queue. */
export function startBackgroundWorker(
  { queue, concurrency, work, retryLaterDelayMs }: BackgroundWork,
  { redis, telemetry }: BackgroundWorkerOptions,
  { events, log }: Pick<Wms, "events" | "log">,
): BackgroundWorker {
  const activeJobs = new Map<Job, string | undefined>();
  // BackgroundQueue stores a job's subject, and the offset where its work continues.
  const processor = async (job: Job<JobData>, token?: string): Promise<void> => {
    activeJobs.set(job, token);
    const { id, offset = 0, event } = job.data;
    try {
      await work(id, job.id ?? id, offset, { attempt: job.attemptsMade + 1, event });
    } catch (error) {
      if (!(error instanceof Postponed)) throw error;
      await job.moveToDelayed(Math.round(epochMs() + error.waitMs), token);
      throw new DelayedError();
    } finally {
      activeJobs.delete(job);
    }
  };
  const worker = new BriefBlockingWorker(queue, processor, {
    connection: redis,
    drainDelay: MAX_BLOCK_MS / 1000,
    ...(telemetry && { telemetry }),
    prefix: queueKeyPrefix(queue),
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: 5_000,
    // BullMQ would wait 15 s before a reconnect.
    runRetryDelay: 1_000,
    // The death of a process is not a failure of its job.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    skipVersionCheck: true,
    settings: {
      backoffStrategy: (attempts, _type, error) =>
        error instanceof RetryLater && retryLaterDelayMs !== undefined
          ? Math.max(error.waitMs, retryLaterDelayMs(attempts))
          : exponentialBackoffMs(1000, attempts, 30_000),
    },
  });
  // The client logs lost connections. Without a listener, Node would end the process.
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
      // This fails for a job that has just ended or whose lock is lost, and is not needed then.
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
  if (error instanceof RetryLater)
    log.info({ ...fields, reason: error.message }, "job cannot succeed yet; the worker retries it later");
  else if (error instanceof PermanentFailure)
    log.error(
      { ...fields, reason: error.message },
      "job failed permanently; it is a dead letter, which an operator can retry",
    );
  else log.warn({ ...fields, err: error }, "background job failed; the worker retries it");
}
