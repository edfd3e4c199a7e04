import { batchesOf } from "../../domain/batchesOf.js";
import { groupBy } from "../../domain/groupBy.js";
import { type RedisClient, unwrapReplies } from "../../redis/redisClient.js";
import { allEntitiesKey, type EntityKind, type IdByKind, indexKey, memberOf, partitionOf } from "../../store/keys.js";
import { comparePositions, type WalkPosition } from "./cursor.js";
import { type IndexEntry, PartitionReader } from "./partitionReader.js";
import { type CandidateSet, type QueryPlan, valuesInPartition } from "./plan.js";

/** Members of one ZMSCORE, which blocks Redis for all of them. */
const MAX_MEMBERS_PER_COMMAND = 1_000;

/**
 * Walks over all entities that can match, oldest first, in batches. An entity that is in the candidate set throughout the
 * walk is returned exactly once, even if it moves between sorted sets.
 *
 * @param after the position after which to start
 */
export async function* walkCandidates<K extends EntityKind>(
  source: { redis: RedisClient; partitions: number },
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
  const readers = partitions.map((partition) => {
    const keys = sortedSetKeys(kind, candidateSet, partition, source.partitions);
    return new PartitionReader(source.redis, partition, keys, { start, to, readers: partitions.length });
  });
  yield* mergeReaders(readers);
}

/**
 * Merges the partitions. All entries before the first of the readers' frontiers have been read; entries after it may still be
 * missing.
 */
async function* mergeReaders(readers: readonly PartitionReader[]): AsyncGenerator<IndexEntry[]> {
  for (;;) {
    await Promise.all(readers.filter((reader) => reader.isRunningLow).map((reader) => reader.readNext()));
    const frontier = readers
      .flatMap((reader) => (reader.frontier === "end" ? [] : [reader.frontier]))
      .reduce<WalkPosition | undefined>(
        (nearest, next) => (nearest !== undefined && comparePositions(nearest, next) < 0 ? nearest : next),
        undefined,
      );
    const batch = readers.flatMap((reader) => reader.drainUpTo(frontier)).sort(comparePositions);
    if (batch.length > 0) yield batch;
    if (frontier === undefined) return;
  }
}

/** The candidate set with the fewest entities; undefined: the plan has none, walk over all entities. */
async function smallestCandidateSet<K extends EntityKind>(
  source: { redis: RedisClient; partitions: number },
  kind: K,
  candidateSets: readonly CandidateSet<K>[],
  partitions: readonly number[],
): Promise<CandidateSet<K> | undefined> {
  if (candidateSets.length < 2) return candidateSets[0];
  const sizes = await Promise.all(
    candidateSets.map(async (candidateSet) => {
      if (candidateSet.by === "ids") return candidateSet.ids.length;
      const counts = partitions.map((partition) =>
        totalCardinality(source.redis, sortedSetKeys(kind, candidateSet, partition, source.partitions)),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    }),
  );
  return candidateSets[sizes.indexOf(Math.min(...sizes))];
}

async function totalCardinality(redis: RedisClient, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.zcard(key);
  const counts = unwrapReplies<number>(await pipeline.exec());
  return counts.reduce((sum, count) => sum + count, 0);
}

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
  { redis, partitions }: { redis: RedisClient; partitions: number },
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
