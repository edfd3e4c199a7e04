import { batchesOf } from "../../domain/batchesOf.js";
import { groupBy } from "../../domain/groupBy.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { unwrapReplies } from "../../redis/redisClient.js";
import {
  allEntitiesKey,
  type EntityKind,
  type IdByKind,
  indexKey,
  memberOf,
  partitionOf,
  stagingKey,
  workflowMemberOf,
} from "../../store/keys.js";
import { comparePositions, type WalkPosition } from "./cursor.js";
import { type CandidateSet, type QueryPlan, valuesInPartition } from "./plan.js";

/** An entry in an index. */
interface IndexEntry extends WalkPosition {
  readonly partition: number;
}

/** The store's Redis and its number of partitions. */
interface IndexSource {
  readonly redis: RedisClient;
  readonly partitions: number;
}

/** Members of one ZMSCORE, which blocks Redis for all of them. */
const MAX_MEMBERS_PER_COMMAND = 1_000;

/**
 * Walks over all entities that can match, oldest first, in batches. An entity that is in the candidate set throughout the
 * walk is returned exactly once, even if it moves between sorted sets.
 *
 * @param after the position after which to start
 */
export async function* walkCandidates<K extends EntityKind>(
  source: IndexSource,
  kind: K,
  plan: QueryPlan<K>,
  after: WalkPosition | undefined,
): AsyncGenerator<IndexEntry[]> {
  const { from, to } = plan.created;
  const start = after !== undefined && after.score >= from ? after : { score: from, member: "" };
  const partitions = [...(plan.partitions ?? Array(source.partitions).keys())];
  const candidateSet = await smallestCandidateSet(source, kind, plan.candidateSets, partitions);
  if (candidateSet?.by === "ids") {
    yield await readEntriesByIds(source, kind, candidateSet.ids, start);
    return;
  }
  yield* mergeReaders(
    partitions.map((partition) => {
      const keys = sortedSetKeys(kind, candidateSet, partition, source.partitions);
      return new PartitionReader({ redis: source.redis, partition, keys, start, to, readers: partitions.length });
    }),
  );
}

/**
 * Merges the partitions. All entries before the first of the readers' frontiers have been read; entries after it may still be
 * missing.
 */
async function* mergeReaders(readers: readonly PartitionReader[]): AsyncGenerator<IndexEntry[]> {
  for (;;) {
    await Promise.all(readers.filter((reader) => reader.isRunningLow).map((reader) => reader.readNext()));
    const frontier = earliest(readers.flatMap((reader) => (reader.frontier === "end" ? [] : [reader.frontier])));
    const batch = readers.flatMap((reader) => reader.drainUpTo(frontier)).sort(comparePositions);
    if (batch.length > 0) yield batch;
    if (frontier === "end") return;
  }
}

/** The candidate set with the fewest entities; undefined: the plan has none, walk over all entities. */
async function smallestCandidateSet<K extends EntityKind>(
  source: IndexSource,
  kind: K,
  candidateSets: readonly CandidateSet<K>[],
  partitions: readonly number[],
): Promise<CandidateSet<K> | undefined> {
  if (candidateSets.length < 2) return candidateSets[0];
  const sizes = await Promise.all(
    candidateSets.map(async (candidateSet) => {
      if (candidateSet.by === "ids") return candidateSet.ids.length;
      const counts = partitions.map(async (partition) => {
        const pipeline = source.redis.pipeline();
        for (const key of sortedSetKeys(kind, candidateSet, partition, source.partitions)) pipeline.zcard(key);
        return sum(unwrapReplies<number>(await pipeline.exec()));
      });
      return sum(await Promise.all(counts));
    }),
  );
  return candidateSets[sizes.indexOf(Math.min(...sizes))];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function sortedSetKeys(
  kind: EntityKind,
  candidateSet: CandidateSet | undefined,
  partition: number,
  partitions: number,
): string[] {
  if (candidateSet?.by !== "index") return [allEntitiesKey(partition, kind)];
  return valuesInPartition(candidateSet, partition, partitions).map((value) =>
    indexKey(partition, kind, candidateSet.field, value),
  );
}

async function readEntriesByIds<K extends EntityKind>(
  { redis, partitions }: IndexSource,
  kind: K,
  ids: readonly IdByKind[K][],
  start: WalkPosition,
): Promise<IndexEntry[]> {
  const reads = [...groupBy(ids, (id) => partitionOf(id, partitions))].flatMap(([partition, mine]) =>
    [...batchesOf(mine.map(memberOf), MAX_MEMBERS_PER_COMMAND)].map(async (members) => {
      const scores = await redis.zmscore(allEntitiesKey(partition, kind), ...members);
      return members.flatMap((member, index): IndexEntry[] => {
        const score = scores[index] ?? null;
        return score === null ? [] : [{ partition, member, score: Number(score) }];
      });
    }),
  );
  const entries = (await Promise.all(reads)).flat();
  return entries.filter((entry) => comparePositions(entry, start) > 0).sort(comparePositions);
}

/** Entries that the first reads of all partitions return together. Later reads are larger: few entities match then. */
const INITIAL_READ_SIZE = 128;
const MIN_READ_SIZE = 16;
const MAX_READ_SIZE = 1_024;

interface PartitionReaderOptions {
  redis: RedisClient;
  partition: number;
  /** The sorted sets to read. */
  keys: readonly string[];
  /** The position after which to start. */
  start: WalkPosition;
  /** The last score. */
  to: number;
  /** The number of readers that share the walk. */
  readers: number;
}

/** Reads the union of sorted sets of one partition in the order of their scores, in batches. */
class PartitionReader {
  readonly #options: PartitionReaderOptions;
  /**
   * Workflows that were being staged at some time during the walk. They are left out entirely, even if they become visible
   * meanwhile: the walk may have missed a part of them.
   */
  readonly #stagedWorkflows = new Set<string>();
  /** Entries before the frontier that {@link drainUpTo} has not returned. */
  #buffer: IndexEntry[] = [];
  #frontier: WalkPosition | "end";
  #readSize: number;

  constructor(options: PartitionReaderOptions) {
    this.#options = options;
    this.#frontier = options.keys.length === 0 ? "end" : options.start;
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

  /** Removes and returns the entries up to a position, oldest first. */
  drainUpTo(limit: WalkPosition | "end"): IndexEntry[] {
    const beyond = this.#buffer.findIndex((entry) => isAfter(entry, limit));
    return this.#buffer.splice(0, beyond === -1 ? this.#buffer.length : beyond);
  }

  /** Reads the next batch and moves the frontier. */
  async readNext(): Promise<void> {
    const from = this.#frontier;
    if (from === "end") return;
    const setCount = this.#options.keys.length;
    for (;;) {
      const limit = Math.max(MIN_READ_SIZE, Math.ceil(this.#readSize / setCount));
      const batches = await this.#readBatches(from.score, limit);
      // The first position at which a batch breaks off. Later entries of other batches are dropped and read again.
      const frontier = earliest(batches.flatMap((batch) => batch[limit - 1] ?? []));
      this.#readSize = Math.min(MAX_READ_SIZE, this.#readSize * 2);
      if (frontier === "end" || comparePositions(frontier, from) > 0) {
        const isNew = (entry: IndexEntry) =>
          comparePositions(entry, from) > 0 &&
          !isAfter(entry, frontier) &&
          !this.#stagedWorkflows.has(workflowMemberOf(entry.member));
        this.#buffer = this.#buffer.concat(batches.flat().filter(isNew).sort(comparePositions));
        this.#frontier = frontier;
        return;
      }
      // All returned entries share one score and are known already: read more of that score.
      this.#readSize = limit * 2 * setCount;
    }
  }

  /**
   * Reads the next entries of each set from a score on, and the workflows that are being staged. One transaction reads them all:
   * an entity that moves between two sets would otherwise appear in neither.
   */
  async #readBatches(score: number, limit: number): Promise<IndexEntry[][]> {
    const { redis, partition, keys, to } = this.#options;
    const transaction = redis.multi();
    transaction.zrange(stagingKey(partition), 0, "-1");
    for (const key of keys)
      transaction.zrange(key, formatScore(score), formatScore(to), "BYSCORE", "LIMIT", 0, limit, "WITHSCORES");
    const [staged = [], ...batches] = unwrapReplies<string[]>(await transaction.exec());
    for (const workflow of staged) this.#stagedWorkflows.add(workflow);
    return batches.map((reply) =>
      [...batchesOf(reply, 2)].map(([member = "", scoreText]) => ({ partition, member, score: Number(scoreText) })),
    );
  }
}

const formatScore = (score: number): string => String(score).replace("Infinity", "inf");

const isAfter = (position: WalkPosition, limit: WalkPosition | "end"): boolean =>
  limit !== "end" && comparePositions(position, limit) > 0;

const earliest = (positions: readonly WalkPosition[]): WalkPosition | "end" =>
  positions.toSorted(comparePositions)[0] ?? "end";
