import { PRIORITY_LIMIT, type Queue, type Telemetry } from "bullmq";
import { MAX_TASKFORCE_PRIORITY } from "../domain/taskforce.js";
import type { RedisClient } from "../redis/redisClient.js";
import { BackgroundQueue } from "./backgroundQueue.js";
import { LeaseQueue } from "./leaseQueue.js";

/** The queues of the background work. */
export const BACKGROUND_QUEUE_NAMES = {
  activation: "mq-activation",
  deactivation: "workflow-deactivation",
  fanout: "status-fanout",
  webhooks: "webhook-deliveries",
} as const;

/** Ranks for each step of priority: failures count within one step, and never beyond it. */
const RANKS_PER_PRIORITY = 64;

/**
 * Computes a taskforce's rank in a starter queue: higher priority first, then fewer failures. The queue keeps the order
 * of arrival within a rank.
 *
 * @returns a BullMQ priority: an integer from 1 on, lower first
 */
export function starterRank(priority: number, failures: number): number {
  const steps = Math.max(0, MAX_TASKFORCE_PRIORITY - priority);
  return Math.min(PRIORITY_LIMIT, steps * RANKS_PER_PRIORITY + Math.min(failures, RANKS_PER_PRIORITY - 1) + 1);
}

/** The rank of every taskforce in a stopper queue: the longest waiting goes first. */
export const STOPPER_RANK = 1;

/** The two queues of one access point. */
export interface ScheddQueues {
  starter: LeaseQueue;
  stopper: LeaseQueue;
}

/** All queues of a process, on one shared Redis client. */
export class Queues {
  readonly activation: BackgroundQueue;
  readonly deactivation: BackgroundQueue;
  readonly fanout: BackgroundQueue;
  readonly webhooks: BackgroundQueue;
  readonly #redis: RedisClient;
  readonly #leaseSeconds: number;
  readonly #schedds = new Map<string, ScheddQueues>();

  /**
   * @param options `schedds`: the schedds known at start. `telemetry` traces background jobs; undefined turns tracing
   *   off. A leased job needs none: the leasing request has its own trace
   */
  constructor(options: {
    redis: RedisClient;
    leaseSeconds: number;
    schedds: Iterable<string>;
    telemetry?: Telemetry | undefined;
  }) {
    const { redis, leaseSeconds, schedds, telemetry } = options;
    this.#redis = redis;
    this.#leaseSeconds = leaseSeconds;
    this.activation = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.activation, redis, telemetry);
    this.deactivation = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.deactivation, redis, telemetry);
    this.fanout = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.fanout, redis, telemetry);
    this.webhooks = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.webhooks, redis, telemetry);
    this.ensureSchedds(schedds);
  }

  /** Opens the queues of schedds. Only known schedds may get queues, because each queue has keys in Redis. */
  ensureSchedds(schedds: Iterable<string>): void {
    for (const schedd of schedds) this.forSchedd(schedd);
  }

  /** The queues of a schedd that a client named; undefined when the schedd is unknown. */
  findSchedd(schedd: string): ScheddQueues | undefined {
    return this.#schedds.get(schedd);
  }

  /** The queues of a schedd that has taskforces; opens them on first use. */
  forSchedd(schedd: string): ScheddQueues {
    const existing = this.#schedds.get(schedd);
    if (existing !== undefined) return existing;
    // Encoded, because `:`, `{` and `}` would break BullMQ's keys and Redis Cluster's hash tags.
    const suffix = encodeURIComponent(schedd);
    const queues = {
      starter: new LeaseQueue(`starter-${suffix}`, this.#redis, this.#leaseSeconds),
      stopper: new LeaseQueue(`stopper-${suffix}`, this.#redis, this.#leaseSeconds),
    };
    this.#schedds.set(schedd, queues);
    return queues;
  }

  /** Every known schedd with its queues. */
  schedds(): ReadonlyMap<string, ScheddQueues> {
    return this.#schedds;
  }

  /** Every open queue. */
  allQueues(): Queue[] {
    const leased = [...this.#schedds.values()].flatMap(({ starter, stopper }) => [starter, stopper]);
    return [this.activation, this.deactivation, this.fanout, this.webhooks, ...leased].map(({ queue }) => queue);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.allQueues().map((queue) => queue.close()));
  }
}
