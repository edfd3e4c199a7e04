import { unwrapReplies } from "../../redis/pipelineReplies.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { stagingKey, workflowMemberOf } from "../../store/keys.js";
import { comparePositions, type WalkPosition } from "./cursor.js";

/** An entity that a walk came by. */
export interface IndexEntry extends WalkPosition {
  readonly partition: number;
}

/** Entries that all partitions together ask for first; later reads are larger, since the filter is then a rare one. */
const INITIAL_READ_SIZE = 128;
const MIN_READ_SIZE = 16;
const MAX_READ_SIZE = 1_024;

/** Reads the union of some sorted sets of one partition in the order of their scores, a piece at a time. */
export class PartitionReader {
  readonly #redis: RedisClient;
  readonly #partition: number;
  readonly #keys: readonly string[];
  /**
   * Workflows that were being staged at some time since it began, of which only a part may have been there: it passes over all
   * of them, also when they are made known meanwhile.
   */
  readonly #stagedWorkflows = new Set<string>();
  /** Read, but not taken; all before the frontier. */
  #buffer: IndexEntry[] = [];
  #frontier: WalkPosition | "end";
  readonly #maxScore: number;
  #readSize: number;

  /**
   * @param options.start where to begin: behind this position
   * @param options.to the last score
   * @param options.readers how many readers share the walk
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

  /** Everything up to here, inclusive, has been read; `end`: everything at all. */
  get frontier(): WalkPosition | "end" {
    return this.#frontier;
  }

  /** Whether it is worth reading on already, so that partitions are read side by side. */
  get isRunningLow(): boolean {
    return this.#frontier !== "end" && this.#buffer.length < this.#readSize / 2;
  }

  /** Hands over what was read up to a position, oldest first. @param limit undefined: everything */
  drainUpTo(limit: WalkPosition | undefined): IndexEntry[] {
    const beyond = this.#buffer.findIndex((entry) => limit !== undefined && comparePositions(entry, limit) > 0);
    return this.#buffer.splice(0, beyond === -1 ? this.#buffer.length : beyond);
  }

  /** Reads on, and moves the frontier. */
  async readNext(): Promise<void> {
    const from = this.#frontier;
    if (from === "end") return;
    for (;;) {
      const limit = Math.max(MIN_READ_SIZE, Math.ceil(this.#readSize / this.#keys.length));
      const pieces = await this.#readBatches(from.score, limit);
      const frontier = earliestCutoff(pieces, limit);
      this.#readSize = Math.min(MAX_READ_SIZE, this.#readSize * 2);
      if (frontier === "end" || comparePositions(frontier, from) > 0) {
        this.#append(pieces, from, frontier);
        return;
      }
      // As many entries as were asked for share one score, and all were known: ask for more of them.
      this.#readSize = limit * 2 * this.#keys.length;
    }
  }

  /**
   * The next entries of each set, from a score on, and which workflows are being staged. All at the same instant: an entity that
   * moves from one set to another between two reads would be seen in neither.
   */
  async #readBatches(score: number, limit: number): Promise<IndexEntry[][]> {
    const transaction = this.#redis.multi();
    const [from, to] = [formatScore(score), formatScore(this.#maxScore)];
    transaction.zrange(stagingKey(this.#partition), 0, "-1");
    for (const key of this.#keys) transaction.zrange(key, from, to, "BYSCORE", "LIMIT", 0, limit, "WITHSCORES");
    const [staged = [], ...pieces] = unwrapReplies<string[]>(await transaction.exec());
    for (const workflow of staged) this.#stagedWorkflows.add(workflow);
    return pieces.map((reply) => this.#parseEntries(reply));
  }

  #parseEntries(reply: readonly string[]): IndexEntry[] {
    return Array.from({ length: reply.length / 2 }, (_, index) => ({
      partition: this.#partition,
      member: reply[2 * index] as string,
      score: Number(reply[2 * index + 1]),
    }));
  }

  #append(pieces: readonly IndexEntry[][], from: WalkPosition, to: WalkPosition | "end"): void {
    const isVisible = ({ member }: IndexEntry) =>
      this.#stagedWorkflows.size === 0 || !this.#stagedWorkflows.has(workflowMemberOf(member));
    const fresh = pieces
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

/** Where the nearest of the pieces breaks off. What other pieces hold behind it is dropped and read again. */
function earliestCutoff(batches: readonly IndexEntry[][], limit: number): WalkPosition | "end" {
  return batches
    .flatMap((piece) => (piece.length === limit ? [piece[limit - 1] as IndexEntry] : []))
    .reduce<WalkPosition | "end">(
      (nearest, cut) => (nearest !== "end" && comparePositions(nearest, cut) < 0 ? nearest : cut),
      "end",
    );
}
