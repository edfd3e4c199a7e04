import type { RedisClient } from "../../redis/redisClient.js";
import type { IndexEntry } from "../../store/documentReader.js";
import type { EntityKind } from "../../store/keys.js";
import { positionComparer, type WalkOrder, type WalkPosition } from "./cursor.js";
import type { PartitionRanges } from "./indexRanges.js";
import type { WorkMeter } from "./meter.js";
import { AFTER_ALL_MEMBERS, PartitionReader } from "./partitionReader.js";
import { RangeReads } from "./rangeReads.js";

/**
 * Walks over the entities in ranges of indexes by creation time, in batches. An entity that is in one of the ranges
 * throughout the walk is returned exactly once, even if it moves between them.
 *
 * @param options.after the position after which to start
 * @param options.pageEntities how many entities the page may hold; undefined: many
 */
export async function* walkEntries(
  redis: RedisClient,
  kind: EntityKind,
  ranges: ReadonlyMap<number, PartitionRanges>,
  {
    after,
    order,
    pageEntities = Number.POSITIVE_INFINITY,
    meter,
  }: { after: WalkPosition | undefined; order: WalkOrder; pageEntities?: number; meter: WorkMeter },
): AsyncGenerator<IndexEntry[]> {
  const start = after ?? START_POSITIONS[order];
  const compare = positionComparer(order);
  const reads = new RangeReads(redis, order);
  const readers = [...ranges].map(
    ([partition, found]) =>
      new PartitionReader({
        redis,
        reads,
        kind,
        partition,
        ranges: found,
        start,
        order,
        readers: ranges.size,
        pageEntities,
        meter,
      }),
  );
  for (;;) {
    await Promise.all(readers.filter((reader) => reader.isRunningLow).map((reader) => reader.readNext()));
    // Entries after the first frontier may still be missing in its partition.
    const [first] = readers.flatMap(({ frontier }) => (frontier === "end" ? [] : [frontier])).sort(compare);
    const frontier = first ?? "end";
    const batch = readers.flatMap((reader) => reader.drainUpTo(frontier)).sort(compare);
    if (batch.length > 0) yield batch;
    if (frontier === "end") return;
    await meter.pause();
  }
}

const START_POSITIONS: Record<WalkOrder, WalkPosition> = {
  oldest: { score: Number.NEGATIVE_INFINITY, member: "" },
  newest: { score: Number.POSITIVE_INFINITY, member: AFTER_ALL_MEMBERS },
};
