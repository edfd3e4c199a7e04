import type { WorkflowId } from "../domain/ids.js";
import type { RedisClient } from "../redis/redisClient.js";
import { RETENTION_KEY, RETENTION_LOCK_KEY } from "./keys.js";

/** A run of retention that did not fail. Times are epoch seconds. */
export interface RetentionRun {
  at: number;
  seconds: number;
  /** Workflows that were written to the archive. */
  archived: number;
  removed: number;
  /** They changed during the run. A later one archives them again. */
  kept: number;
  /** Whether the run came to the youngest workflow. Otherwise the next one continues. */
  is_complete: boolean;
}

/** Where the next run continues. */
export interface RetentionCursor {
  /** The last workflow of the runs so far, and its creation time in epoch seconds. */
  id: WorkflowId;
  timestamp: number;
  /** Epoch seconds at which the first of these runs began. */
  begun: number;
}

/** What all runs so far have done. Times are epoch seconds. */
export interface RetentionProgress {
  /** When the last run began, also one that failed. */
  begun: number;
  /** Runs have looked at all workflows since then, or this is the time of the first one. */
  upTo: number;
  lastRun: RetentionRun | undefined;
}

/** The state of retention, which all worker processes share. */
export class RetentionState {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Takes the lock and records the begin of a run, unless the lock is taken. It is never released: its expiry also
   * determines when the next run may begin.
   *
   * @param options `now`: epoch seconds
   */
  async takeLock(token: string, { expiryMs, now }: { expiryMs: number; now: number }): Promise<boolean> {
    if ((await this.#redis.set(RETENTION_LOCK_KEY, token, "PX", expiryMs, "NX")) !== "OK") return false;
    await this.#redis.hset(RETENTION_KEY, "begun", now);
    await this.#redis.hsetnx(RETENTION_KEY, "up_to", now);
    return true;
  }

  /** Whether a lock is still held. */
  async holdsLock(token: string): Promise<boolean> {
    return (await this.#redis.get(RETENTION_LOCK_KEY)) === token;
  }

  /** Where the next run continues; undefined: it begins with the oldest workflow. */
  async readCursor(): Promise<RetentionCursor | undefined> {
    const text = await this.#redis.hget(RETENTION_KEY, "cursor");
    return text === null ? undefined : (JSON.parse(text) as RetentionCursor);
  }

  /** Records a run. @param next where the next one continues, or the begin of the runs that have looked at all workflows */
  async saveRun(run: RetentionRun, next: RetentionCursor | { upTo: number }): Promise<void> {
    const fields = "upTo" in next ? { up_to: next.upTo } : { cursor: JSON.stringify(next) };
    await this.#redis.hset(RETENTION_KEY, { last: JSON.stringify(run), ...fields });
    if ("upTo" in next) await this.#redis.hdel(RETENTION_KEY, "cursor");
  }

  /** Undefined: no run has begun yet. */
  async readProgress(): Promise<RetentionProgress | undefined> {
    const [begun, upTo, last] = await this.#redis.hmget(RETENTION_KEY, "begun", "up_to", "last");
    if (begun == null || upTo == null) return undefined;
    return {
      begun: Number(begun),
      upTo: Number(upTo),
      lastRun: last == null ? undefined : (JSON.parse(last) as RetentionRun),
    };
  }
}
