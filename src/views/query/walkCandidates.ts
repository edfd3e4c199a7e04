import type { RedisClient } from "../../redis/redisClient.js";
import { replies } from "../../redis/pipelineReplies.js";
import { allKey, type IdOf, indexKey, type Kind, memberOf, partitionOf } from "../../store/keys.js";
import { comparePositions, type Position } from "./cursor.js";
import { type Entry, PartitionReader } from "./partitionReader.js";
import { byPartition } from "../../store/groupByPartition.js";
import { type Cover, type Plan, valuesIn } from "./plan.js";

/** ZMSCORE takes any number of members, but holds Redis up for all of them. */
const MEMBERS_A_COMMAND = 1_000;

/**
 * Walks over all entities that can match, oldest first, in batches.
 *
 * An entity that is in the cover throughout the walk comes by exactly once, also one that moves between the sets of a
 * cover, and whatever else comes and goes meanwhile.
 *
 * @param after where to start: behind this position
 */
export async function* walk<K extends Kind>(
  source: { redis: RedisClient; partitions: number },
  kind: K,
  plan: Plan<K>,
  after: Position | undefined,
): AsyncGenerator<Entry[]> {
  const { from, to } = plan.created;
  const start = after !== undefined && after.score >= from ? after : { score: from, member: "" };
  const partitions = [...(plan.partitions ?? Array(source.partitions).keys())];
  const cover = await smallestCover(source, kind, plan.covers, partitions);
  if (cover?.by === "ids") {
    yield await entriesOf(source, kind, cover.ids, start);
    return;
  }
  const readers = partitions.map((partition) => {
    const keys = keysOf(kind, cover, partition, source.partitions);
    return new PartitionReader(source.redis, partition, keys, { start, to, readers: partitions.length });
  });
  yield* merge(readers);
}

/**
 * Merges the partitions. Each reader knows up to where it has read; behind the nearest of these frontiers nothing is
 * certain yet, before it everything is.
 */
async function* merge(readers: readonly PartitionReader[]): AsyncGenerator<Entry[]> {
  for (;;) {
    await Promise.all(readers.filter((reader) => reader.isRunningLow).map((reader) => reader.read()));
    const frontier = readers
      .flatMap((reader) => (reader.frontier === "end" ? [] : [reader.frontier]))
      .reduce<Position | undefined>(
        (nearest, next) => (nearest !== undefined && comparePositions(nearest, next) < 0 ? nearest : next),
        undefined,
      );
    const batch = readers.flatMap((reader) => reader.takeUpTo(frontier)).sort(comparePositions);
    if (batch.length > 0) yield batch;
    if (frontier === undefined) return;
  }
}

/** The cover with the fewest entities; undefined: none, walk over all. */
async function smallestCover<K extends Kind>(
  source: { redis: RedisClient; partitions: number },
  kind: K,
  covers: readonly Cover<K>[],
  partitions: readonly number[],
): Promise<Cover<K> | undefined> {
  if (covers.length < 2) return covers[0];
  const sizes = await Promise.all(
    covers.map(async (cover) => {
      if (cover.by === "ids") return cover.ids.length;
      const counts = partitions.map((partition) =>
        cardinality(source.redis, keysOf(kind, cover, partition, source.partitions)),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    }),
  );
  return covers[sizes.indexOf(Math.min(...sizes))];
}

async function cardinality(redis: RedisClient, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const pipeline = redis.pipeline();
  for (const key of keys) pipeline.zcard(key);
  const counts = replies<number>(await pipeline.exec());
  return counts.reduce((sum, count) => sum + count, 0);
}

function keysOf(kind: Kind, cover: Cover | undefined, partition: number, partitions: number): string[] {
  if (cover?.by !== "index") return [allKey(partition, kind)];
  return valuesIn(cover, partition, partitions).map((value) => indexKey(partition, kind, cover.field, value));
}

async function entriesOf<K extends Kind>(
  { redis, partitions }: { redis: RedisClient; partitions: number },
  kind: K,
  ids: readonly IdOf[K][],
  start: Position,
): Promise<Entry[]> {
  const reads = [...byPartition(ids, (id) => partitionOf(id, partitions))].flatMap(([partition, mine]) =>
    chunks(mine.map(memberOf), MEMBERS_A_COMMAND).map(async (members) => {
      const scores = await redis.zmscore(allKey(partition, kind), ...members);
      return members.flatMap((member, index): Entry[] => {
        const score = scores[index] ?? null;
        return score === null ? [] : [{ partition, member, score: Number(score) }];
      });
    }),
  );
  const entries = (await Promise.all(reads)).flat();
  return entries.filter((entry) => comparePositions(entry, start) > 0).sort(comparePositions);
}

/** Cuts a list into pieces. */
const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
