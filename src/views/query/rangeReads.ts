import { isCluster, type RedisClient } from "../../redis/redisClient.js";
import { runScript } from "../../store/scripts.js";
import type { WalkOrder } from "./cursor.js";
import type { SortedSetRange } from "./indexRanges.js";
import { ENTRIES_PER_SCRIPT, RANGES_PER_SCRIPT } from "./limits.js";

/** A read of ranges of one partition. `scripts/readRanges.lua` says what the numbers mean. */
export interface RangeRequest {
  readonly stagedKey: string;
  /** Most entries to look at in each range. */
  readonly limit: number;
  /** The number of groups among which to choose. */
  readonly choices: number;
  readonly groups: readonly (readonly SortedSetRange[])[];
  /** The first and the last creation time of each range. */
  readonly bounds: readonly string[];
}

/** The reply to one request. */
export type RangeReply = [staged: string[], chosen: number, lookedAt: number, ...(number | string)[]];

/** Entries that a read of a large index returns. An intersection mostly has few. */
const likelyEntries = ({ groups, limit }: RangeRequest): number =>
  groups.length > 1 ? 0 : limit * (groups[0]?.length ?? 0);

interface PendingRead {
  readonly request: RangeRequest;
  readonly keys: readonly string[];
  resolve(reply: RangeReply): void;
  reject(error: unknown): void;
}

/**
 * Reads ranges of indexes for one walk. Requests of different partitions that are made in one turn of the event loop share
 * a script, because a query of few entities asks all partitions. On a Redis Cluster, each partition has a slot of its own.
 */
export class RangeReads {
  readonly #redis: RedisClient;
  readonly #order: WalkOrder;
  #pending: PendingRead[] = [];

  constructor(redis: RedisClient, order: WalkOrder) {
    this.#redis = redis;
    this.#order = order;
  }

  read(request: RangeRequest): Promise<RangeReply> {
    const keys = [request.stagedKey, ...request.groups.flatMap((group) => group.map(({ key }) => key))];
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) queueMicrotask(() => this.#send());
      this.#pending.push({ request, keys, resolve, reject });
    });
  }

  #send(): void {
    const reads = this.#pending;
    this.#pending = [];
    let batch: PendingRead[] = [];
    let [keys, entries] = [0, 0];
    for (const read of reads) {
      keys += read.keys.length;
      entries += likelyEntries(read.request);
      const isFull = isCluster(this.#redis) || keys > 2 * RANGES_PER_SCRIPT || entries > ENTRIES_PER_SCRIPT;
      if (batch.length > 0 && isFull) {
        void this.#run(batch);
        batch = [];
        [keys, entries] = [read.keys.length, likelyEntries(read.request)];
      }
      batch.push(read);
    }
    if (batch.length > 0) void this.#run(batch);
  }

  /** Runs scripts until all requests are answered. */
  async #run(reads: readonly PendingRead[]): Promise<void> {
    try {
      for (let unanswered = reads; unanswered.length > 0; ) {
        const replies = await this.#runScript(unanswered);
        for (const [index, reply] of replies.entries()) unanswered[index]?.resolve(reply);
        unanswered = unanswered.slice(replies.length);
      }
    } catch (error) {
      // Those that are answered ignore it.
      for (const { reject } of reads) reject(error);
    }
  }

  async #runScript(reads: readonly PendingRead[]): Promise<RangeReply[]> {
    const values = reads.flatMap(({ request: { limit, choices, groups, bounds } }) => [
      limit,
      choices,
      groups.length,
      ...groups.map(({ length }) => length),
      ...bounds,
    ]);
    const keys = reads.flatMap((read) => read.keys);
    return (await runScript(this.#redis, "readRanges", keys, [
      this.#order,
      ENTRIES_PER_SCRIPT,
      ...values,
    ])) as RangeReply[];
  }
}
