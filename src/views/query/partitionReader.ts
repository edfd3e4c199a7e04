import { type RedisClient, unwrapReplies } from "../../redis/redisClient.js";
import { stagingKey, workflowMemberOf } from "../../store/keys.js";
import { comparePositions, type WalkPosition } from "./cursor.js";

/** An entity in an index. */
export interface IndexEntry extends WalkPosition {
  readonly partition: number;
}

/** Entries that the first reads of all partitions return together. Later reads are larger: few entities match then. */
const INITIAL_READ_SIZE = 128;
const MIN_READ_SIZE = 16;
const MAX_READ_SIZE = 1_024;

/** Reads the union of sorted sets of one partition in the order of their scores, in batches. */
export class PartitionReader {
  readonly #redis: RedisClient;
  readonly #partition: number;
  readonly #keys: readonly string[];
  /**
   * Workflows that were being staged at some time during the walk. They are left out entirely, even if they become visible
   * meanwhile: the walk may have missed a part of them.
   */
  readonly #stagedWorkflows = new Set<string>();
  /** Entries before the frontier that {@link drainUpTo} has not returned. */
  #buffer: IndexEntry[] = [];
  #frontier: WalkPosition | "end";
  readonly #maxScore: number;
  #readSize: number;

  /**
   * @param options.start the position after which to start
   * @param options.to the last score
   * @param options.readers the number of readers that share the walk
   */
  constructor(
    redis: RedisClient,
    partition: number,
    keys: readonly string[],
    options: { start: WalkPosition; to: number; readers: number },
  ) {
    this.#redis = redis;
    this.#partition = partition;
    this.#keys = keys;
    this.#frontier = keys.length === 0 ? "end" : options.start;
    this.#maxScore = options.to;
    this.#readSize = Math.max(MIN_READ_SIZE, Math.ceil(INITIAL_READ_SIZE / options.readers));
  }

  /** The position up to which all entries have been read, inclusive; `end`: all of them. */
  get frontier(): WalkPosition | "end" {
    return this.#frontier;
  }

  /** Whether to read the next batch now, together with other partitions. */
  get isRunningLow(): boolean {
    return this.#frontier !== "end" && this.#buffer.length < this.#readSize / 2;
  }

  /** Removes and returns the entries up to a position, oldest first. @param limit undefined: all entries */
  drainUpTo(limit: WalkPosition | undefined): IndexEntry[] {
    const beyond = this.#buffer.findIndex((entry) => limit !== undefined && comparePositions(entry, limit) > 0);
    return this.#buffer.splice(0, beyond === -1 ? this.#buffer.length : beyond);
  }

  /** Reads the next batch and moves the frontier. */
  async readNext(): Promise<void> {
    const from = this.#frontier;
    if (from === "end") return;
    for (;;) {
      const limit = Math.max(MIN_READ_SIZE, Math.ceil(this.#readSize / this.#keys.length));
      const batches = await this.#readBatches(from.score, limit);
      const frontier = earliestCutoff(batches, limit);
      this.#readSize = Math.min(MAX_READ_SIZE, this.#readSize * 2);
      if (frontier === "end" || comparePositions(frontier, from) > 0) {
        this.#append(batches, from, frontier);
        return;
      }
      // All returned entries share one score and are known already: read more of that score.
      this.#readSize = limit * 2 * this.#keys.length;
    }
  }

  /**
   * Reads the next entries of each set from a score on, and the workflows that are being staged. One transaction reads them all:
   * an entity that moves between two sets would otherwise appear in neither.
   */
  async #readBatches(score: number, limit: number): Promise<IndexEntry[][]> {
    const transaction = this.#redis.multi();
    const [from, to] = [formatScore(score), formatScore(this.#maxScore)];
    transaction.zrange(stagingKey(this.#partition), 0, "-1");
    for (const key of this.#keys) transaction.zrange(key, from, to, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES");
    const [staged = [], ...batches] = unwrapReplies<string[]>(await transaction.exec());
    for (const workflow of staged) this.#stagedWorkflows.add(workflow);
    return batches.map((reply) => this.#parseEntries(reply));
  }

  #parseEntries(reply: readonly string[]): IndexEntry[] {
    return Array.from({ length: reply.length / 2 }, (_, index) => ({
      partition: this.#partition,
      member: reply[2 * index] as string,
      score: Number(reply[2 * index + 1]),
    }));
  }

  #append(batches: readonly IndexEntry[][], from: WalkPosition, to: WalkPosition | "end"): void {
    const isVisible = ({ member }: IndexEntry) =>
      this.#stagedWorkflows.size === 0 || !this.#stagedWorkflows.has(workflowMemberOf(member));
    const fresh = batches
      .flat()
      .filter(
        (entry) =>
          comparePositions(entry, from) > 0 && (to === "end" || comparePositions(entry, to) <= 0) && isVisible(entry),
      )
      .sort(comparePositions);
    this.#buffer = this.#buffer.concat(fresh);
    this.#frontier = to;
  }
}

const formatScore = (score: number): string => String(score).replace("Infinity", "inf");

/** The first position at which a batch breaks off. Later entries of other batches are dropped and read again. */
function earliestCutoff(batches: readonly IndexEntry[][], limit: number): WalkPosition | "end" {
  return batches
    .flatMap((batch) => (batch.length === limit ? [batch[limit - 1] as IndexEntry] : []))
    .reduce<WalkPosition | "end">(
      (nearest, cut) => (nearest !== "end" && comparePositions(nearest, cut) < 0 ? nearest : cut),
      "end",
    );
}
