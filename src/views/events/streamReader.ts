import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RedisClient } from "../../redis/redisClient.js";
import {
  compareEntryIds,
  EventStreams,
  hasGapAfter,
  STREAM_START,
  type StreamEntry,
  type StreamEntryId,
} from "../../store/eventStreams.js";

/** Entries of each partition that are read at once. Less than a stream keeps: whoever is so far behind gets as many. */
const MAX_BATCH_ENTRIES = 500;
/** Milliseconds between two attempts while Redis is away. */
const RETRY_DELAY_MS = 200;

/** What hears of the events. */
export interface EventConsumer {
  /**
   * Reads what is missing to tell of entries; undefined when nothing is. To be asked again when that is done, for meanwhile
   * somebody else may have come to listen.
   */
  prepare(entries: readonly StreamEntry[]): Promise<unknown> | undefined;
  /** Something was lost in a partition before what is told next. @param at where each partition is */
  publishGap(partition: number, at: readonly StreamEntryId[]): void;
  /** Tells of an entry. @param at where each partition is, this entry included */
  publish(entry: StreamEntry, at: readonly StreamEntryId[]): void;
  /** For now that was all. */
  flush(): void;
}

export interface StreamReaderOptions {
  /** A connection of its own. */
  redis: RedisClient;
  partitions: number;
  /** Milliseconds that Redis holds a read while nothing comes. */
  blockMs: number;
  consumer: EventConsumer;
  log: Logger;
}

/** Follows the events of all partitions, from the moment it was started on. */
export class StreamReader {
  /** For each partition, the last entry that was told. */
  readonly lastIds: StreamEntryId[];
  readonly #options: StreamReaderOptions;
  readonly #streams: EventStreams;
  readonly #positionWaiters = new Set<() => void>();
  #isStopped = false;
  /** Whether to look if the streams still go on from where we are. */
  #mustCheckForLoss = false;
  #isFailing = false;

  private constructor(options: StreamReaderOptions, streams: EventStreams, lastIds: StreamEntryId[]) {
    this.#options = options;
    this.#streams = streams;
    this.lastIds = lastIds;
  }

  static async start(options: StreamReaderOptions): Promise<StreamReader> {
    const streams = new EventStreams(options.redis, options.partitions);
    const reader = new StreamReader(options, streams, await streams.readLastIds());
    void reader.#run();
    return reader;
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.redis.disconnect();
    this.#notifyWaiters();
  }

  /** Waits until entries have been told that exist already. Also ends when the follower is stopped. */
  async waitForPositions(ends: readonly { partition: number; id: StreamEntryId }[]): Promise<void> {
    const isReached = () => ends.every(({ partition, id }) => compareEntryIds(this.#lastIdOf(partition), id) >= 0);
    while (!this.#isStopped && !isReached()) await new Promise<void>((resolve) => this.#positionWaiters.add(resolve));
  }

  #lastIdOf(partition: number): StreamEntryId {
    const at = this.lastIds[partition];
    if (at === undefined) throw new RangeError(`no partition ${partition}`);
    return at;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#readBatch();
        this.#isFailing = false;
      } catch (error) {
        if (this.#isStopped) return;
        // The connection's own log tells of Redis going and coming back; once is enough for all else.
        if (!this.#isFailing) this.#options.log.debug({ err: error }, "events can't be followed, goes on");
        this.#isFailing = true;
        this.#mustCheckForLoss = true;
        await delay(RETRY_DELAY_MS);
      }
    }
  }

  async #readBatch(): Promise<void> {
    const { consumer, blockMs } = this.#options;
    if (this.#mustCheckForLoss) await this.#skipLost(this.lastIds.keys());
    this.#mustCheckForLoss = false;
    const entries = await this.#streams.readNext(this.lastIds, MAX_BATCH_ENTRIES, blockMs);
    const skipped = await this.#skipLost(laggingPartitions(entries));
    const next = entries.filter(({ partition }) => !skipped.has(partition));
    // Of one partition they stay in order.
    next.sort((one, other) => compareEntryIds(one.id, other.id));
    for (let loading = consumer.prepare(next); loading; loading = consumer.prepare(next)) await loading;
    if (this.#isStopped) return;
    for (const entry of next) {
      this.lastIds[entry.partition] = entry.id;
      consumer.publish(entry, this.lastIds);
    }
    consumer.flush();
    this.#notifyWaiters();
  }

  /** Goes to the end of those partitions where something was lost. @returns these partitions */
  async #skipLost(partitions: Iterable<number>): Promise<Set<number>> {
    const skipped = new Set<number>();
    for (const partition of partitions) {
      const extent = await this.#streams.readExtent(partition);
      if (!hasGapAfter(this.#lastIdOf(partition), extent)) continue;
      this.lastIds[partition] = extent?.last ?? STREAM_START;
      this.#options.consumer.publishGap(partition, this.lastIds);
      skipped.add(partition);
    }
    return skipped;
  }

  #notifyWaiters(): void {
    for (const resolve of this.#positionWaiters) resolve();
    this.#positionWaiters.clear();
  }
}

/** Who reads as much as it may is behind, perhaps so far that entries were dropped meanwhile. */
function laggingPartitions(entries: readonly StreamEntry[]): number[] {
  const counts = new Map<number, number>();
  for (const { partition } of entries) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  return [...counts].flatMap(([partition, count]) => (count === MAX_BATCH_ENTRIES ? [partition] : []));
}
