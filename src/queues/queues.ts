import type { Queue, Telemetry } from "bullmq";
import type { RedisClient } from "../redis/redisClient.js";
import { BackgroundQueue } from "./backgroundQueue.js";
import { LeaseQueue } from "./leaseQueue.js";
import { BACKGROUND_QUEUE_NAMES, starterQueueName, stopperQueueName } from "./queueNames.js";

/** The two queues of one access point. */
export interface ScheddQueues {
  starter: LeaseQueue;
  stopper: LeaseQueue;
}

/** The options of {@link Queues}. */
export interface QueuesOptions {
  redis: RedisClient;
  leaseSeconds: number;
  /**
   * Traces background jobs; undefined turns tracing off. A leased job needs none: the leasing request has its own
   * trace.
   */
  telemetry?: Telemetry | undefined;
}

/** All queues of a process, on one shared Redis client. */
export class Queues {
  readonly activation: BackgroundQueue;
  readonly launch: BackgroundQueue;
  readonly deactivation: BackgroundQueue;
  readonly fanout: BackgroundQueue;
  readonly #redis: RedisClient;
  readonly #leaseSeconds: number;
  readonly #schedds = new Map<string, ScheddQueues>();

  constructor({ redis, leaseSeconds, telemetry }: QueuesOptions) {
    this.#redis = redis;
    this.#leaseSeconds = leaseSeconds;
    this.activation = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.activation, redis, telemetry);
    this.launch = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.launch, redis, telemetry);
    this.deactivation = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.deactivation, redis, telemetry);
    this.fanout = new BackgroundQueue(BACKGROUND_QUEUE_NAMES.fanout, redis, telemetry);
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
    const queues = {
      starter: new LeaseQueue(starterQueueName(schedd), this.#redis, this.#leaseSeconds),
      stopper: new LeaseQueue(stopperQueueName(schedd), this.#redis, this.#leaseSeconds),
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
    const background = [this.activation, this.launch, this.deactivation, this.fanout].map(({ queue }) => queue);
    const leased = [...this.#schedds.values()].flatMap(({ starter, stopper }) => [starter.queue, stopper.queue]);
    return [...background, ...leased];
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.allQueues().map((queue) => queue.close()));
  }
}

/** Opens the queues of a process. @param options `schedds`: the schedds known at start */
export function createQueues(options: QueuesOptions & { schedds: Iterable<string> }): Queues {
  const queues = new Queues(options);
  queues.ensureSchedds(options.schedds);
  return queues;
}
