import { createRedisBackend, type IQueueBackend, type JobJson, type MinimalJob, Queue } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { falseIfLeaseLost, isJobInAnotherState, isJobMissing, isLeaseLost } from "./bullErrors.js";
import { type JobBatch, MissingJobs, readJobBatches } from "./missingJobs.js";
import { queueOptions } from "./queueOptions.js";

/**
 * The same for every lease: a report may come through another process than the hand-out, and whether it counts is
 * decided by the entity's phase, not by who holds the lock.
 */
const LOCK_TOKEN = "tms";
/** A lease that runs out is no failure, however often it happens. */
const UNLIMITED_STALLS = Number.MAX_SAFE_INTEGER;
/** The least time between two reclaims of a queue, in milliseconds; BullMQ lets one process of all do it. */
const RECLAIM_INTERVAL_MS = 400;
/** Jobs added in one go. */
const BATCH_SIZE = 500;

/** A place in the queue. */
export interface NewJob {
  id: string;
  /** BullMQ priority: an integer from 1 on, lower first. */
  rank: number;
  /** Milliseconds until it may be taken; 0 unless told. */
  delayMs?: number;
}

/** Where a job that comes back belongs. */
export interface QueuePosition {
  rank: number;
  /** Epoch seconds since when it waits. */
  waitingSinceSeconds: number;
}

/** Epoch seconds before which nothing began to wait: 2³¹ seconds from there on fit below a rank. */
const EARLIEST_WAIT_SECONDS = 1_700_000_000;

/** Jobs whose leases ran out. */
export interface Reclaimed {
  /** Offered again. */
  reclaimed: string[];
  /** No longer wanted. */
  dropped: string[];
}

/**
 * A BullMQ queue that is drained over HTTP. A lease is BullMQ's lock on an active job, taken without a Worker: a Worker
 * would open a blocking connection for each queue. Jobs carry nothing but their id.
 */
export class LeaseQueue {
  readonly queue: Queue;
  readonly #redis: RedisClient;
  readonly #backend: IQueueBackend;

  /** @param leaseSeconds how long a taken job is nobody else's */
  constructor(name: string, redis: RedisClient, leaseSeconds: number) {
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
    // The client itself logs lost connections, once; without a listener Node would end the process.
    this.queue.on("error", () => {});
    this.#backend = this.queue.getBackend();
  }

  /** Puts jobs into the queue; one that is there already, in whatever state, stays as it is. */
  async add(jobs: readonly NewJob[]): Promise<void> {
    for (let start = 0; start < jobs.length; start += BATCH_SIZE)
      await this.#backend.addJobs(
        jobs.slice(start, start + BATCH_SIZE).map((job) => ({ jobId: job.id, job: toBullJob(job) })),
      );
  }

  /** Puts jobs back that the queue lost: ahead of those of their rank that it never lost, the longest waiting first. */
  async restoreLostJobs(lostJobs: readonly { id: string; place: QueuePosition }[]): Promise<void> {
    if (lostJobs.length === 0) return;
    await this.add(lostJobs.map(({ id, place }) => ({ id, rank: place.rank })));
    for (let start = 0; start < lostJobs.length; start += BATCH_SIZE)
      await this.#orderByWaitingTime(lostJobs.slice(start, start + BATCH_SIZE));
  }

  /** Leases the next job. @returns its id; undefined when none waits */
  async lease(): Promise<string | undefined> {
    const [, id] = (await this.#backend.moveToActive(LOCK_TOKEN)) as [unknown, string | undefined];
    return id || undefined;
  }

  /** The work of a job is done, or it is no longer wanted: ends its lease and forgets it, in whatever state it is. */
  async ack(id: string): Promise<void> {
    try {
      // fetchNext false: the default would lease a second job that nobody sees.
      await this.#backend.moveToCompleted(minimalJob(id), null, true, LOCK_TOKEN, false);
    } catch (error) {
      if (!isLeaseLost(error)) throw error;
      await this.#backend.remove(id, false);
    }
  }

  /** Ends many, as {@link ack}. */
  async ackAll(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        // Most of them wait; a leased one cannot be removed.
        if ((await this.#backend.remove(id, false)) === 0) await this.ack(id);
      }),
    );
  }

  /**
   * Gives a lease back: the job goes ahead of those of its rank that were never taken.
   *
   * @param position undefined where it is not known: the job goes to the head of its equals
   */
  async release(id: string, position?: QueuePosition): Promise<void> {
    await this.#backend.moveJobFromActiveToWait(id, LOCK_TOKEN);
    if (position !== undefined) await this.#orderByWaitingTime([{ id, place: position }]);
  }

  /**
   * Ends a lease after a failure that may be repeated.
   *
   * @param rank the job's rank from now on
   * @param delayMs milliseconds until it may be taken again
   * @returns false when no lease was running, and nothing happened
   */
  async requeueLater(id: string, rank: number, delayMs: number): Promise<boolean> {
    return falseIfLeaseLost(async () => {
      if (!(await this.#backend.isJobInState("active", id))) return false;
      // While it is active: the new rank counts when the delay is over. Afterwards it would only reorder what waits.
      await this.#backend.changePriority(id, rank, false);
      await this.#backend.moveToDelayed(id, Date.now() + delayMs, delayMs, LOCK_TOKEN);
      return true;
    });
  }

  /**
   * Ends a lease for good: the job becomes a dead letter for the operator.
   *
   * @param reason what the operator sees
   * @returns false when no lease was running, and nothing happened
   */
  async moveToDeadLetters(id: string, reason: string): Promise<boolean> {
    return falseIfLeaseLost(async () => {
      await this.#backend.moveToFailed(minimalJob(id), reason, false, LOCK_TOKEN, false, {
        failedReason: reason,
        stacktrace: JSON.stringify([reason]),
      });
      return true;
    });
  }

  /**
   * Makes a dead letter of a job that the queue lost. BullMQ can't add a failed job, so it is added as delayed, where nobody
   * can take it, and moved with the keys that BullMQ itself uses.
   */
  async restoreDeadLetter(id: string, reason: string): Promise<void> {
    await this.add([{ id, rank: 1, delayMs: 3_600_000 }]);
    const at = Date.now();
    const { delayed = "", failed = "" } = this.#backend.keys;
    await this.#redis
      .multi()
      .zrem(delayed, id)
      .zadd(failed, at, id)
      .hset(this.#backend.toKey(id), { failedReason: reason, finishedOn: at, delay: 0 })
      .exec();
  }

  /**
   * Has a dead letter wait again, as if it had never failed. A job that waits or is leased stays as it is, and one that the
   * queue lost is added.
   *
   * @param rank the job's rank from now on
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

  /** When a job became a dead letter, in epoch milliseconds; undefined when it is none. */
  async readDeadLetteredAtMs(id: string): Promise<number | undefined> {
    const at = await this.#redis.zscore(this.#backend.keys["failed"] ?? "", id);
    return at === null ? undefined : Number(at);
  }

  /** Shows the operator how a job fares that is never given up. */
  async updateProgress(id: string, progress: object): Promise<void> {
    try {
      await this.#backend.updateProgress(id, progress);
    } catch (error) {
      if (!isJobMissing(error)) throw error;
    }
  }

  /**
   * Takes back leases that ran out. Their jobs go ahead of those of their rank that were never taken, the longest waiting
   * first.
   *
   * @param readPosition the place of a job; undefined drops it
   */
  async reclaim(readPosition: (id: string) => Promise<QueuePosition | undefined>): Promise<Reclaimed> {
    const ids = await this.#backend.moveStalledJobsToWait();
    const result: Reclaimed = { reclaimed: [], dropped: [] };
    for (const id of ids) {
      const position = await readPosition(id);
      if (position === undefined) await this.ack(id);
      else {
        // BullMQ put it into a list that goes before every rank.
        await this.#changeRank(id, position.rank, true);
        await this.#orderByWaitingTime([{ id, place: position }]);
      }
      result[position === undefined ? "dropped" : "reclaimed"].push(id);
    }
    return result;
  }

  /**
   * Orders what came back by how long it waits. BullMQ gives all of that one score, rank × 2³², where ids decide; a rank's
   * other jobs have the scores above, by arrival. The 2³¹ below are free, for no queue counts so many arrivals.
   */
  async #orderByWaitingTime(jobs: readonly { id: string; place: QueuePosition }[]): Promise<void> {
    const scores = jobs.flatMap(({ id, place: { rank, waitingSinceSeconds } }) => [
      rank * 2 ** 32 - 2 ** 31 + (waitingSinceSeconds - EARLIEST_WAIT_SECONDS),
      id,
    ]);
    await this.#redis.zadd(this.#backend.keys["prioritized"] ?? "", "XX", ...scores);
  }

  async #changeRank(id: string, rank: number, aheadOfEquals: boolean): Promise<void> {
    try {
      await this.#backend.changePriority(id, rank, aheadOfEquals);
    } catch (error) {
      // Taken and reported in between.
      if (!isJobMissing(error)) throw error;
    }
  }

  /** What tells, in one pass, which jobs the queue lacks. */
  missingJobs(): MissingJobs {
    return new MissingJobs(this.queue, this.#redis);
  }

  /** @see readJobBatches */
  jobBatches(): AsyncGenerator<JobBatch> {
    return readJobBatches(this.queue, this.#redis);
  }

  /** Writes the queue's settings again, in case its keys were lost. */
  async restoreSettings(): Promise<void> {
    await this.#backend.setQueueMeta({
      "opts.maxLenEvents": queueOptions("", this.#redis).streams?.events.maxLen ?? 0,
    });
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

/**
 * A job as BullMQ stores it. `Queue.addBulk` would store every option that there is, its id once more among them: a text of more
 * than 64 bytes, for which Redis gives up the compact form of a hash, and takes twice the memory for each job.
 */
const toBullJob = ({ id, rank, delayMs = 0 }: NewJob): JobJson => ({
  id,
  name: "taskforce",
  data: "{}",
  opts: { priority: rank, ...(delayMs > 0 && { delay: delayMs }) },
  timestamp: Date.now(),
  progress: 0,
  attemptsMade: 0,
  attemptsStarted: 0,
  stalledCounter: 0,
  failedReason: "",
  returnvalue: "null",
});

/** As much of a job as ending it takes. */
const minimalJob = (id: string): MinimalJob => ({ id, opts: { attempts: 1 } }) as unknown as MinimalJob;
