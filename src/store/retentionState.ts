import type { WorkflowId } from "../domain/ids.js";
import type { RedisClient } from "../redis/redisClient.js";
import { RETENTION_KEY, RETENTION_LOCK_KEY } from "./keys.js";

/** The last run of retention. Times are epoch seconds. */
export interface RetentionRun {
  at: number;
  seconds: number;
  /** Workflows that were written to the archive. */
  archived: number;
  purged: number;
  /** They changed during the run. A later one archives them again. */
  kept: number;
  /** Whether the run came to the youngest workflow. Otherwise the next one continues. */
  is_complete: boolean;
}

/** A workflow and its creation time in epoch seconds. */
export interface RetentionCursor {
  id: WorkflowId;
  timestamp: number;
}

/** The state of retention, which all worker processes share. */
export class RetentionState {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Takes the lock, unless it is taken. It is never released: its expiry also determines when the next run may begin. */
  async takeLock(token: string, expiryMs: number): Promise<boolean> {
    return (await this.#redis.set(RETENTION_LOCK_KEY, token, "PX", expiryMs, "NX")) === "OK";
  }

  /** Whether a lock is still held. */
  async holdsLock(token: string): Promise<boolean> {
    return (await this.#redis.get(RETENTION_LOCK_KEY)) === token;
  }

  /** The last workflow that the last run looked at; undefined: the next run begins with the oldest one. */
  async readCursor(): Promise<RetentionCursor | undefined> {
    const text = await this.#redis.hget(RETENTION_KEY, "cursor");
    if (text === null) return undefined;
    const [id, timestamp] = JSON.parse(text) as [id: WorkflowId, timestamp: number];
    return { id, timestamp };
  }

  /** Records a run. @param cursor where the next one continues; undefined: with the oldest workflow */
  async saveRun(run: RetentionRun, cursor: RetentionCursor | undefined): Promise<void> {
    await this.#redis.hset(RETENTION_KEY, "last", JSON.stringify(run));
    if (cursor === undefined) await this.#redis.hdel(RETENTION_KEY, "cursor");
    else await this.#redis.hset(RETENTION_KEY, "cursor", JSON.stringify([cursor.id, cursor.timestamp]));
  }

  /** The last run; undefined: there was none. */
  async readLastRun(): Promise<RetentionRun | undefined> {
    const text = await this.#redis.hget(RETENTION_KEY, "last");
    return text === null ? undefined : (JSON.parse(text) as RetentionRun);
  }
}
