import { randomBytes } from "node:crypto";
import { epochMs } from "../domain/clock.js";
import type { UpstreamState } from "../domain/upstreamOutcomes.js";
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

/** The last pass of reconcile in a process. */
export interface ReconcilePass {
  /** Epoch seconds of its end. */
  at: number;
  seconds: number;
  /** Jobs that it added to and dropped from queues. */
  added: number;
  dropped: number;
}

/** What a process measures of itself for each heartbeat. */
export interface ProcessState {
  /** 99th percentile since the last heartbeat; null before the first sample. */
  event_loop_delay_ms: number | null;
  /** Open connections of HTTP clients; null in a process that does not serve the API. */
  connections: number | null;
  rss_bytes: number;
  /** How far the clock of its machine is ahead of the one of Redis. */
  clock_difference_seconds: number;
  /** Null: the process does not call this service. A process of an earlier release does not report pilot images. */
  upstreams: {
    mqs: UpstreamState | null;
    identity_provider: UpstreamState | null;
    pilot_images?: UpstreamState | null;
  };
  /** Null before the first pass, and in a process without workers. */
  reconcile: ReconcilePass | null;
}

/** A process that is alive. One of an earlier release reports no state. */
export interface LiveProcess extends ProcessFacts, Partial<ProcessState> {
  id: string;
  /** Epoch seconds of the last heartbeat. */
  seen: number;
}

/** Whether a process does the background work. */
export const hasWorkers = ({ role }: Pick<ProcessFacts, "role">): boolean => role.split(" ").includes("worker");

/** The processes of the service. Each reports by heartbeats that it is alive; Redis forgets it when they stay away. */
export class ProcessRegistry {
  /** The id of this process. */
  readonly id = randomBytes(6).toString("hex");
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Reports that this process is alive, with its state. */
  async beat(facts: ProcessFacts & Partial<ProcessState>): Promise<void> {
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

  /** The number of live processes that do the background work. */
  async countWorkers(): Promise<number> {
    return (await this.list()).filter(hasWorkers).length;
  }

  /** Those of some processes that are dead. */
  async findDead(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const texts = await this.#redis.mget(ids.map(processKey));
    return ids.filter((_, index) => texts[index] === null);
  }
}
