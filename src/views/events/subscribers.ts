import { AsyncResource } from "node:async_hooks";
import type { Logger } from "pino";
import type { WorkflowId } from "../../domain/ids.js";
import { unavailable } from "../../domain/wmsError.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { EventStreams, hasGapAfter, STREAM_START } from "../../store/eventStreams.js";
import { partitionOf } from "../../store/keys.js";
import type { Store } from "../../store/store.js";
import { Broadcaster } from "./broadcaster.js";
import { decodePositions, type ResumePosition } from "./sseEvents.js";
import { StreamReader } from "./streamReader.js";
import { Subscription, type SubscriptionStart } from "./subscription.js";

interface SubscribersOptions {
  store: Store;
  /** Opens a connection that reads may block. */
  openBlockingConnection(): Promise<RedisClient>;
  /** Milliseconds that Redis blocks a read while there are no events. */
  blockMs: number;
  log: Logger;
}

/**
 * The subscribers to events at this process. They share one reader and its connection, which exist while there are
 * subscribers: a thousand cost Redis as much as one.
 */
export class Subscribers {
  readonly #options: SubscribersOptions;
  readonly #streams: EventStreams;
  readonly #broadcaster: Broadcaster;
  /** Separates the reader from the request that starts it, whose trace would never end otherwise. */
  readonly #readerScope = new AsyncResource("streamReader");
  #reader: Promise<StreamReader> | undefined;
  #count = 0;

  constructor(options: SubscribersOptions) {
    this.#options = options;
    const { store } = options;
    this.#streams = new EventStreams(store.redis, store.partitions);
    this.#broadcaster = new Broadcaster(store);
  }

  /** The number of subscribers. */
  get count(): number {
    return this.#count;
  }

  /**
   * Starts a subscription, from now on or from where an earlier one ended.
   *
   * @param workflow an existing one; undefined: all workflows
   * @param lastId the id of the last received event, from any process
   * @returns a subscription that the caller closes
   * @throws WmsError `unavailable`, or an error of ioredis, while Redis is unreachable
   */
  async subscribe(workflow: WorkflowId | undefined, lastId: string | undefined): Promise<Subscription> {
    const reader = await this.#acquireReader();
    try {
      const start = await this.#resolveStart(workflow, lastId);
      const { store, log } = this.#options;
      const context = { reader, broadcaster: this.#broadcaster, streams: this.#streams, store, log };
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

  /** Returns the reader, which starts with the first subscriber. */
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
      return await StreamReader.start({ redis, partitions, blockMs, broadcaster: this.#broadcaster, log });
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  }

  /** Stops the reader with the last subscriber. */
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
