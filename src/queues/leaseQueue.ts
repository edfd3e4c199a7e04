import { createRedisBackend, type IQueueBackend, Queue } from "bullmq";
import { batchesOf } from "../domain/batchesOf.js";
import { epochMs } from "../domain/clock.js";
import type { RedisClient } from "../redis/redisClient.js";
import { addJobs } from "./addJobs.js";
import {
  isJobInAnotherState,
  isJobMissing,
  isLeaseLost,
  JOB_FIELDS,
  jobKey,
  lockKey,
  MAX_EVENTS_FIELD,
  RANK_SCORE_STEP,
  stateKey,
} from "./bullLayout.js";
import { bringForward, type DelayedJob, readJobsDueAfter } from "./delayedJobs.js";
import { leaseWithDeadline } from "./leaseCommand.js";
import { delayedBullJob, minimalJob, type RankedJob } from "./leasedJob.js";
import { type JobBatch, MissingJobs, readJobBatches } from "./missingJobs.js";
import { MAX_STREAM_EVENTS, queueOptions } from "./queueOptions.js";
import { removeJobs } from "./removeJobs.js";

/** The holder of a lease that was taken for none in particular. */
const ANYONE = "anyone";
/** The token of a holder's lock. BullMQ gives the token `0` a meaning of its own. */
const tokenOf = (holder: string): string => `held by ${holder}`;
/** An expired lease is no failure, so BullMQ must never fail a job for it. */
const UNLIMITED_STALLS = Number.MAX_SAFE_INTEGER;
/** Milliseconds between two reclaims of a queue. BullMQ makes sure that only one process runs a reclaim. */
const RECLAIM_INTERVAL_MS = 400;
/** Jobs in one command. */
const BATCH_SIZE = 500;
/** Jobs that one command adds: it blocks Redis for some milliseconds. */
const ADD_BATCH_SIZE = 100;

/** The position of a job that returns to the queue. */
export interface QueuePosition {
  rank: number;
  /** Epoch seconds since which the job waits. */
  waitingSinceSeconds: number;
}

/** Epoch seconds before which no job began to wait. The 2³¹ seconds after it fit below a rank's own scores. */
const EARLIEST_WAIT_SECONDS = 1_700_000_000;

/** Ids of jobs whose leases expired: the `reclaimed` ones wait again, the queue removed the `dropped` ones. */
export type Reclaimed = Record<"reclaimed" | "dropped", string[]>;

/**
 * A BullMQ queue whose jobs clients lease over HTTP. A lease is BullMQ's lock on an active job, and its token names the
 * *holder*: not a process of the service, because a report may arrive at another one than the hand-out. There is no
 * BullMQ Worker, which would open a blocking connection for each queue. A job holds only its id.
 */
export class LeaseQueue {
  readonly queue: Queue;
  /** Seconds for which a job is leased to one client. */
  readonly leaseSeconds: number;
  readonly #redis: RedisClient;
  readonly #backend: IQueueBackend;

  constructor(name: string, redis: RedisClient, leaseSeconds: number) {
    this.leaseSeconds = leaseSeconds;
    this.#redis = redis;
    this.queue = new Queue(name, queueOptions(name, redis), (queueName, options, connections) =>
      createRedisBackend(
        queueName,
        {
          ...options,
          lockDuration: Math.round(leaseSeconds * 1000),
          stalledInterval: RECLAIM_INTERVAL_MS,
          maxStalledCount: UNLIMITED_STALLS,
        } as typeof options,
        connections,
      ),
    );
    // Without a listener Node would end the process. The Redis client logs lost connections itself.
    this.queue.on("error", () => {});
    this.#backend = this.queue.getBackend();
    leaseWithDeadline(this.#backend, redis);
  }

  /** Adds jobs. A job that the queue has already, in any state, stays unchanged. */
  async add(jobs: readonly RankedJob[]): Promise<void> {
    for (const batch of batchesOf(jobs, ADD_BATCH_SIZE)) await addJobs(this.#redis, this.queue, batch);
  }

  /** Adds jobs that the queue lost, ahead of the other jobs of their rank, the longest waiting first. */
  async restoreLostJobs(lostJobs: readonly { id: string; position: QueuePosition }[]): Promise<void> {
    await this.add(lostJobs.map(({ id, position }) => ({ id, rank: position.rank })));
    for (const batch of batchesOf(lostJobs, BATCH_SIZE)) await this.#orderByWaitingTime(batch);
  }

  /** Leases the next job. @returns its id; undefined when no job waits */
  async lease(holder = ANYONE): Promise<string | undefined> {
    const [, id] = (await this.#backend.moveToActive(tokenOf(holder))) as [unknown, string | undefined];
    return id || undefined;
  }

  /**
   * Ends a job's lease and removes the job, in any state: its work is done, or is no longer wanted.
   *
   * @param holder who probably holds the lease; another one's lease ends, too
   */
  async ack(id: string, holder = ANYONE): Promise<void> {
    await this.#complete(id, tokenOf(holder));
  }

  async #complete(id: string, token: string): Promise<void> {
    try {
      // fetchNext is false: the default would lease a second job that no caller receives.
      await this.#backend.moveToCompleted(minimalJob(id), null, true, token, false);
    } catch (error) {
      if (isJobMissing(error)) return;
      if (!isLeaseLost(error)) throw error;
      const other = await this.#redis.get(lockKey(this.queue, id));
      if (other === null || other === token) await this.#backend.remove(id, false);
      else await this.#complete(id, other);
    }
  }

  /** Does {@link ack} for many jobs. */
  async ackAll(ids: readonly string[]): Promise<void> {
    for (const batch of batchesOf(ids, BATCH_SIZE)) {
      const others = await removeJobs(this.#redis, this.queue, batch);
      await Promise.all(others.map((id) => this.ack(id)));
    }
  }

  /**
   * Releases a job: it waits again, ahead of the jobs of its rank that were never leased.
   *
   * @param holder of the lease; the lease of another one does not end
   * @param position undefined when it is unknown: the job becomes the first of its rank
   */
  async release(
    id: string,
    { holder = ANYONE, position }: { holder?: string; position?: QueuePosition | undefined } = {},
  ): Promise<void> {
    await this.#backend.moveJobFromActiveToWait(id, tokenOf(holder));
    if (position !== undefined) await this.#orderByWaitingTime([{ id, position }]);
  }

  /**
   * Ends a lease after a failure and requeues the job with a backoff.
   *
   * @param rank the job's new rank
   * @param delayMs milliseconds until the job can be leased again
   * @returns false when the job was not leased by the holder, and nothing changed
   */
  async requeueLater(id: string, rank: number, delayMs: number, holder = ANYONE): Promise<boolean> {
    return falseIfLeaseLost(async () => {
      if ((await this.#redis.get(lockKey(this.queue, id))) !== tokenOf(holder)) return false;
      // Before the move: BullMQ changes the stored priority of an active job, and applies it after the delay.
      await this.#backend.changePriority(id, rank, false);
      await this.#backend.moveToDelayed(id, Math.round(epochMs()), delayMs, tokenOf(holder));
      return true;
    });
  }

  /**
   * Ends a lease and makes the job a dead letter.
   *
   * @param reason the failure that the operator sees
   * @returns false when the job was not leased by the holder, and nothing changed
   */
  async moveToDeadLetters(id: string, reason: string, holder = ANYONE): Promise<boolean> {
    return falseIfLeaseLost(async () => {
      await this.#backend.moveToFailed(minimalJob(id), reason, false, tokenOf(holder), false, {
        failedReason: reason,
        stacktrace: JSON.stringify([reason]),
      });
      return true;
    });
  }

  /**
   * Makes a dead letter of a job that the queue lost. BullMQ can't add a failed job. So this adds a delayed job, which
   * no client can lease, and moves it by BullMQ's layout.
   */
  async restoreDeadLetter(id: string, reason: string): Promise<void> {
    await this.#backend.addJob(delayedBullJob(id, 3_600_000), id);
    const atMs = Math.round(epochMs());
    const { failureReason, failedAtMs, delayMs } = JOB_FIELDS;
    await this.#redis
      .multi()
      .zrem(stateKey(this.queue, "delayed"), id)
      .zadd(stateKey(this.queue, "failed"), atMs, id)
      .hset(jobKey(this.queue, id), { [failureReason]: reason, [failedAtMs]: atMs, [delayMs]: 0 })
      .exec();
  }

  /**
   * Retries a dead letter: the job waits again, as if it had never failed. A job that waits or is leased stays
   * unchanged. A job that the queue lost is added.
   *
   * @param rank the job's new rank
   */
  async retryDeadLetter(id: string, rank: number): Promise<void> {
    try {
      const resetCounters = { resetAttemptsMade: true, resetAttemptsStarted: true };
      await this.#backend.retryFinishedJob(minimalJob(id), "failed", resetCounters);
      await this.#changeRank(id, rank, false);
    } catch (error) {
      if (isJobMissing(error)) await this.add([{ id, rank }]);
      else if (!isJobInAnotherState(error)) throw error;
    }
  }

  /** Reads when a job became a dead letter, in epoch milliseconds; undefined when it is none. */
  async readDeadLetteredAtMs(id: string): Promise<number | undefined> {
    const atMs = await this.#redis.zscore(stateKey(this.queue, "failed"), id);
    return atMs === null ? undefined : Number(atMs);
  }

  /** Stores a job's progress, which the dashboard shows to the operator. */
  async updateProgress(id: string, progress: object): Promise<void> {
    await this.#backend.updateProgress(id, progress).catch(ignoreMissing);
  }

  /**
   * Requeues the jobs of expired leases, ahead of the jobs of their rank that were never leased, the longest waiting
   * first.
   *
   * @param readPosition returns the position of a job; undefined removes the job
   */
  async reclaim(readPosition: (id: string) => Promise<QueuePosition | undefined>): Promise<Reclaimed> {
    const reclaimed: string[] = [];
    const dropped: string[] = [];
    for (const id of await this.#backend.moveStalledJobsToWait()) {
      const position = await readPosition(id);
      (position === undefined ? dropped : reclaimed).push(id);
      if (position === undefined) await this.ack(id);
      else {
        // BullMQ moves a stalled job to the list `wait`, which precedes every rank.
        await this.#changeRank(id, position.rank, true);
        await this.#orderByWaitingTime([{ id, position }]);
      }
    }
    return { reclaimed, dropped };
  }

  /**
   * Orders returned jobs by their waiting time. BullMQ gives all of them the lowest score of their rank, where ids
   * decide. The 2³¹ scores below it are free, because no queue counts so many arrivals.
   */
  async #orderByWaitingTime(jobs: readonly { id: string; position: QueuePosition }[]): Promise<void> {
    const scores = jobs.flatMap(({ id, position: { rank, waitingSinceSeconds } }) => [
      rank * RANK_SCORE_STEP - 2 ** 31 + (waitingSinceSeconds - EARLIEST_WAIT_SECONDS),
      id,
    ]);
    await this.#redis.zadd(stateKey(this.queue, "prioritized"), "XX", ...scores);
  }

  async #changeRank(id: string, rank: number, aheadOfEquals: boolean): Promise<void> {
    await this.#backend.changePriority(id, rank, aheadOfEquals).catch(ignoreMissing);
  }

  /** @see readJobsDueAfter */
  jobsDueAfter(afterMs: number): AsyncGenerator<DelayedJob[]> {
    return readJobsDueAfter(this.queue, this.#redis, afterMs);
  }

  /** @see bringForward */
  bringForward(job: DelayedJob): Promise<void> {
    return bringForward(this.queue, this.#redis, job);
  }

  /** Starts a search for jobs that the queue lacks. */
  missingJobs(): MissingJobs {
    return new MissingJobs(this.queue, this.#redis);
  }

  /** @see readJobBatches */
  jobBatches(): AsyncGenerator<JobBatch> {
    return readJobBatches(this.queue, this.#redis);
  }

  /** Writes the queue's settings again, in case Redis lost them. */
  async restoreSettings(): Promise<void> {
    await this.#backend.setQueueMeta({ [MAX_EVENTS_FIELD]: MAX_STREAM_EVENTS });
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

/** Ends an operation without an effect: a client leased and acknowledged the job meanwhile. */
function ignoreMissing(error: unknown): void {
  if (!isJobMissing(error)) throw error;
}

/** Runs a command that ends a lease. @returns its result; false when the job is not leased */
async function falseIfLeaseLost(endLease: () => Promise<boolean>): Promise<boolean> {
  try {
    return await endLease();
  } catch (error) {
    if (isLeaseLost(error)) return false;
    throw error;
  }
}
