import { randomBytes } from "node:crypto";
import { epochMs } from "../domain/clock.js";
import { type RedisClient, unwrapReplies } from "../redis/redisClient.js";
import { PROCESSES_KEY, processKey } from "./keys.js";

/** Milliseconds between two heartbeats of a process. */
export const HEARTBEAT_INTERVAL_MS = 2000;
/** A process without a heartbeat for so long counts as dead: it has missed three, and Redis may stand still for a moment. */
export const DEAD_AFTER_MS = 7000;

/** What a process says of itself. Times are epoch seconds. */
export interface ProcessFacts {
  /** `web`, `worker`, or both, separated by a blank. */
  role: string;
  version: string;
  host: string;
  pid: number;
  started: number;
}

/** A process that is alive. */
export interface LiveProcess extends ProcessFacts {
  id: string;
  /** Epoch seconds of the last heartbeat. */
  seen: number;
}

/** The processes of the service. Each reports by heartbeats that it is alive; Redis forgets it when they stay away. */
export class ProcessRegistry {
  /** The id of this process. */
  readonly id = randomBytes(6).toString("hex");
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Reports that this process is alive. */
  async beat(facts: ProcessFacts): Promise<void> {
    const heartbeat: LiveProcess = { id: this.id, ...facts, seen: epochMs() / 1000 };
    const multi = this.#redis.multi();
    multi.set(processKey(this.id), JSON.stringify(heartbeat), "PX", DEAD_AFTER_MS);
    multi.sadd(PROCESSES_KEY, this.id);
    unwrapReplies(await multi.exec());
  }

  /** Takes this process from the list, because it ends in order. */
  async leave(): Promise<void> {
    const multi = this.#redis.multi();
    multi.del(processKey(this.id));
    multi.srem(PROCESSES_KEY, this.id);
    unwrapReplies(await multi.exec());
  }

  /** The processes that are alive. The list forgets the others. */
  async list(): Promise<LiveProcess[]> {
    const ids = await this.#redis.smembers(PROCESSES_KEY);
    if (ids.length === 0) return [];
    const texts = await this.#redis.mget(ids.map(processKey));
    const dead = ids.filter((_, index) => texts[index] === null);
    if (dead.length > 0) await this.#redis.srem(PROCESSES_KEY, ...dead);
    return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text as string) as LiveProcess]));
  }

  /** Those of some processes that are dead. */
  async findDead(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const texts = await this.#redis.mget(ids.map(processKey));
    return ids.filter((_, index) => texts[index] === null);
  }
}
