import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { groupBy } from "../../domain/groupBy.js";
import type { RedisClient } from "../../redis/redisClient.js";
import {
  compareEntryIds,
  EventStreams,
  hasGapAfter,
  STREAM_START,
  type StreamEntry,
  type StreamEntryId,
} from "../../store/eventStreams.js";
import type { Broadcaster } from "./broadcaster.js";

/** Entries of each partition that one read returns: fewer than a stream keeps, so that a full batch means lag, not loss. */
const MAX_BATCH_ENTRIES = 500;

interface StreamReaderOptions {
  /** A connection that no one else uses: reads block it. */
  redis: RedisClient;
  partitions: number;
  /** Milliseconds that Redis blocks a read while there are no entries. */
  blockMs: number;
  broadcaster: Broadcaster;
  log: Logger;
}

/** Reads the events of all partitions from its start on. */
export class StreamReader {
  /** The last published entry of each partition. */
  readonly lastIds: StreamEntryId[];
  readonly #options: StreamReaderOptions;
  readonly #streams: EventStreams;
  readonly #positionWaiters = new Set<() => void>();
  #isStopped = false;
  /** Whether entries after {@link lastIds} may have been dropped. */
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

  /** Waits until existing entries are published, or the reader is stopped. */
  async waitForPositions(ends: readonly { partition: number; id: StreamEntryId }[]): Promise<void> {
    const isReached = () =>
      ends.every(({ partition, id }) => compareEntryIds(this.lastIds[partition] ?? STREAM_START, id) >= 0);
    while (!this.#isStopped && !isReached()) await new Promise<void>((resolve) => this.#positionWaiters.add(resolve));
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#readBatch();
        this.#isFailing = false;
      } catch (error) {
        if (this.#isStopped) return;
        // The connection logs its own loss. Log only the first of other errors.
        if (!this.#isFailing) this.#options.log.debug({ err: error }, "reading events failed; the reader retries");
        this.#isFailing = true;
        this.#mustCheckForLoss = true;
        await delay(200);
      }
    }
  }

  async #readBatch(): Promise<void> {
    const { broadcaster, blockMs } = this.#options;
    if (this.#mustCheckForLoss) await this.#skipLost(this.lastIds.keys());
    this.#mustCheckForLoss = false;
    const entries = await this.#streams.readNext(this.lastIds, MAX_BATCH_ENTRIES, blockMs);
    const skipped = await this.#skipLost(laggingPartitions(entries));
    const next = entries.filter(({ partition }) => !skipped.has(partition));
    // The sort keeps the order within a partition.
    next.sort((one, other) => compareEntryIds(one.id, other.id));
    for (let loading = broadcaster.prepare(next); loading; loading = broadcaster.prepare(next)) await loading;
    if (this.#isStopped) return;
    for (const entry of next) {
      this.lastIds[entry.partition] = entry.id;
      broadcaster.publish(entry, this.lastIds);
    }
    broadcaster.flush();
    this.#notifyWaiters();
  }

  /** Moves to the end of partitions with lost entries. @returns these partitions */
  async #skipLost(partitions: Iterable<number>): Promise<Set<number>> {
    const skipped = new Set<number>();
    for (const partition of partitions) {
      const extent = await this.#streams.readExtent(partition);
      if (!hasGapAfter(this.lastIds[partition] ?? STREAM_START, extent)) continue;
      this.lastIds[partition] = extent?.last ?? STREAM_START;
      this.#options.broadcaster.publishGap(partition, this.lastIds);
      skipped.add(partition);
    }
    return skipped;
  }

  #notifyWaiters(): void {
    for (const resolve of this.#positionWaiters) resolve();
    this.#positionWaiters.clear();
  }
}

/** A full batch means lag: entries may have been dropped before they were read. */
const laggingPartitions = (entries: readonly StreamEntry[]): number[] =>
  [...groupBy(entries, (entry) => entry.partition)].flatMap(([partition, batch]) =>
    batch.length === MAX_BATCH_ENTRIES ? [partition] : [],
  );
