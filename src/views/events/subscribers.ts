import { AsyncResource } from "node:async_hooks";
import type { Logger } from "pino";
import type { WorkflowId } from "../../domain/ids.js";
import { unavailable } from "../../domain/wmsError.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { EventStreams, hasGapAfter, STREAM_START } from "../../store/eventStreams.js";
import { partitionOf } from "../../store/keys.js";
import type { Store } from "../../store/store.js";
import { Broadcaster } from "./broadcaster.js";
import { decodePositions, type ResumePosition } from "./resumePositions.js";
import { StreamReader } from "./streamReader.js";
import { Subscription, type SubscriptionStart } from "./subscription.js";

/** What the watchers of a process work with. */
export interface SubscribersOptions {
  store: Store;
  /** Opens a connection that may be kept waiting. */
  openBlockingConnection(): Promise<RedisClient>;
  /** Milliseconds that Redis holds a read on it while nothing comes. */
  blockMs: number;
  log: Logger;
}

/**
 * All who watch events at this process. They share one connection to Redis, which is there as long as somebody watches: a
 * thousand watchers cost Redis as much as one.
 */
export class Subscribers {
  readonly #options: SubscribersOptions;
  readonly #streams: EventStreams;
  readonly #broadcaster: Broadcaster;
  /** What the follower does is no part of the request that happens to start it: in traces it would never end. */
  readonly #readerScope = new AsyncResource("follower");
  #reader: Promise<StreamReader> | undefined;
  #count = 0;

  constructor(options: SubscribersOptions) {
    this.#options = options;
    const { store } = options;
    this.#streams = new EventStreams(store.redis, store.partitions);
    this.#broadcaster = new Broadcaster((workflow) => store.summaries.fetch(workflow));
  }

  /** How many watch. */
  get count(): number {
    return this.#count;
  }

  /**
   * Begins to watch, from now on or from where another watch ended.
   *
   * @param workflow one that exists; undefined: all of them
   * @param lastId the id of the last event that was told, by any process
   * @returns to be closed
   * @throws WmsError `unavailable`, or what ioredis raises, while Redis is away
   */
  async subscribe(workflow: WorkflowId | undefined, lastId: string | undefined): Promise<Subscription> {
    const reader = await this.#acquireReader();
    try {
      const start = await this.#resolveStart(workflow, lastId);
      const { store, log } = this.#options;
      const context = {
        follower: reader,
        broadcaster: this.#broadcaster,
        streams: this.#streams,
        fetchSummary: (of: WorkflowId) => store.summaries.fetch(of),
        log,
      };
      return new Subscription(context, start, () => this.#releaseReader());
    } catch (error) {
      this.#releaseReader();
      throw error;
    }
  }

  async #resolveStart(workflow: WorkflowId | undefined, lastId: string | undefined): Promise<SubscriptionStart> {
    const { partitions: partitionCount } = this.#streams;
    const partitions =
      workflow === undefined
        ? Array.from({ length: partitionCount }, (_, p) => p)
        : [partitionOf(workflow, partitionCount)];
    const resumePositions = lastId === undefined ? undefined : decodePositions(lastId, partitions.length);
    let isAfterGap = lastId !== undefined && resumePositions === undefined;
    const positions = await Promise.all(
      partitions.map(async (partition, at): Promise<ResumePosition> => {
        const extent = await this.#streams.readExtent(partition);
        const position = resumePositions?.[at];
        if (position !== undefined && !hasGapAfter(position, extent)) return position;
        isAfterGap ||= position !== undefined;
        return extent?.last ?? STREAM_START;
      }),
    );
    return { workflow, partitions, positions, isAfterGap };
  }

  /** The follower, which is started for the first one who needs it. */
  async #acquireReader(): Promise<StreamReader> {
    this.#count++;
    this.#reader ??= this.#readerScope.runInAsyncScope(() => this.#startReader());
    try {
      return await this.#reader;
    } catch (error) {
      this.#releaseReader();
      throw unavailable("the database is not available, try again later", error);
    }
  }

  async #startReader(): Promise<StreamReader> {
    const { store, openBlockingConnection, blockMs, log } = this.#options;
    const redis = await openBlockingConnection();
    try {
      const { partitions } = store;
      return await StreamReader.start({ redis, partitions, blockMs, consumer: this.#broadcaster, log });
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /** The last one ends it. */
  #releaseReader(): void {
    this.#count--;
    if (this.#count > 0) return;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.then(
      (started) => started.stop(),
      () => undefined,
    );
  }
}
