import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RedisClient } from "../../redis/redisClient.js";
import {
  compareIds,
  type EntryId,
  type EventEntry,
  EventStreams,
  isLost,
  ORIGIN,
} from "../../store/eventStreams.js";

/** Entries of each partition that are read at once. Less than a stream keeps: whoever is so far behind gets as many. */
const AT_ONCE = 500;
/** Milliseconds between two attempts while Redis is away. */
const RETRY = 200;

/** What hears of the events. */
export interface Audience {
  /**
   * Reads what is missing to tell of entries; undefined when nothing is. To be asked again when that is done, for meanwhile
   * somebody else may have come to listen.
   */
  prepare(entries: readonly EventEntry[]): Promise<unknown> | undefined;
  /** Something was lost in a partition before what is told next. @param at where each partition is */
  tellGap(partition: number, at: readonly EntryId[]): void;
  /** Tells of an entry. @param at where each partition is, this entry included */
  tell(entry: EventEntry, at: readonly EntryId[]): void;
  /** For now that was all. */
  flush(): void;
}

export interface FollowerOptions {
  /** A connection of its own. */
  redis: RedisClient;
  partitions: number;
  /** Milliseconds that Redis holds a read while nothing comes. */
  patience: number;
  audience: Audience;
  log: Logger;
}

/** Follows the events of all partitions, from the moment it was started on. */
export class Follower {
  /** For each partition, the last entry that was told. */
  readonly at: EntryId[];
  readonly #options: FollowerOptions;
  readonly #streams: EventStreams;
  readonly #waiting = new Set<() => void>();
  #stopped = false;
  /** Whether to look if the streams still go on from where we are. */
  #inDoubt = false;
  #failing = false;

  private constructor(options: FollowerOptions, streams: EventStreams, at: EntryId[]) {
    this.#options = options;
    this.#streams = streams;
    this.at = at;
  }

  static async start(options: FollowerOptions): Promise<Follower> {
    const streams = new EventStreams(options.redis, options.partitions);
    const follower = new Follower(options, streams, await streams.ends());
    void follower.#run();
    return follower;
  }

  stop(): void {
    this.#stopped = true;
    this.#options.redis.disconnect();
    this.#tellWaiting();
  }

  /** Waits until entries have been told that exist already. Also ends when the follower is stopped. */
  async reaches(ends: readonly { partition: number; id: EntryId }[]): Promise<void> {
    const isThere = () => ends.every(({ partition, id }) => compareIds(this.#atOf(partition), id) >= 0);
    while (!this.#stopped && !isThere()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #atOf(partition: number): EntryId {
    const at = this.at[partition];
    if (at === undefined) throw new RangeError(`no partition ${partition}`);
    return at;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#turn();
        this.#failing = false;
      } catch (error) {
        if (this.#stopped) return;
        // The connection's own log tells of Redis going and coming back; once is enough for all else.
        if (!this.#failing) this.#options.log.debug({ err: error }, "events can't be followed, goes on");
        this.#failing = true;
        this.#inDoubt = true;
        await delay(RETRY);
      }
    }
  }

  async #turn(): Promise<void> {
    const { audience, patience } = this.#options;
    if (this.#inDoubt) await this.#skipLost(this.at.keys());
    this.#inDoubt = false;
    const entries = await this.#streams.next(this.at, AT_ONCE, patience);
    const skipped = await this.#skipLost(fullPartitions(entries));
    const next = entries.filter(({ partition }) => !skipped.has(partition));
    // Of one partition they stay in order.
    next.sort((one, other) => compareIds(one.id, other.id));
    for (let reading = audience.prepare(next); reading; reading = audience.prepare(next)) await reading;
    if (this.#stopped) return;
    for (const entry of next) {
      this.at[entry.partition] = entry.id;
      audience.tell(entry, this.at);
    }
    audience.flush();
    this.#tellWaiting();
  }

  /** Goes to the end of those partitions where something was lost. @returns these partitions */
  async #skipLost(partitions: Iterable<number>): Promise<Set<number>> {
    const skipped = new Set<number>();
    for (const partition of partitions) {
      const extent = await this.#streams.extent(partition);
      if (!isLost(this.#atOf(partition), extent)) continue;
      this.at[partition] = extent?.last ?? ORIGIN;
      this.#options.audience.tellGap(partition, this.at);
      skipped.add(partition);
    }
    return skipped;
  }

  #tellWaiting(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Who reads as much as it may is behind, perhaps so far that entries were dropped meanwhile. */
function fullPartitions(entries: readonly EventEntry[]): number[] {
  const counts = new Map<number, number>();
  for (const { partition } of entries) counts.set(partition, (counts.get(partition) ?? 0) + 1);
  return [...counts].flatMap(([partition, count]) => (count === AT_ONCE ? [partition] : []));
}
