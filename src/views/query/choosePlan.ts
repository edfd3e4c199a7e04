import { batchesOf } from "../../domain/batchesOf.js";
import { groupBy } from "../../domain/groupBy.js";
import type { RedisClient } from "../../redis/redisClient.js";
import { allEntitiesKey, type EntityKind, type IdByKind, indexKey, partitionOf } from "../../store/keys.js";
import { runScript } from "../../store/scripts.js";
import { ID_CHECK_BY_FIELD } from "./idTimes.js";
import { MAX_COUNTED_RANGES, RANGES_PER_SCRIPT, WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";
import type { Constraint } from "./plan.js";
import {
  chooseSources,
  type IndexedSource,
  isNearlyUnique,
  isSelective,
  isWholeScan,
  listOptions,
  type PlanOptions,
  type Source,
  type SourceSize,
  sourcesIn,
} from "./planOptions.js";
import { enclosingRange, formatScore } from "./timeRanges.js";

/** The store's Redis and its number of partitions. */
export interface IndexSource {
  readonly redis: RedisClient;
  readonly partitions: number;
}

/** What a query reads. */
export interface IndexPlan<K extends EntityKind = EntityKind> {
  /** All matches are in one of them. */
  readonly sources: readonly Source<K>[];
  /** All matches are in each of them. Their entries are looked up, not read. */
  readonly filters: readonly IndexedSource[];
}

/** Whether all matches are in an index of each source and filter. */
export const isIntersection = ({ sources }: IndexPlan): boolean => sources.length === 1 && sources.every(isSelective);

/** Ids that are looked up without a comparison with other sources. */
const FEW_IDS = 1_000;

/**
 * Chooses what a query reads. It counts index entries only when there is a choice that the script which reads them cannot
 * make.
 */
export async function choosePlan<K extends EntityKind>(
  source: IndexSource,
  kind: K,
  constraint: Constraint<K>,
  meter: WorkMeter,
): Promise<IndexPlan<K>> {
  const options = listOptions(constraint);
  const [first] = options.sources;
  const selective = options.sources.filter(isSelective);
  if (first?.by === "ids" && first.ids.size <= FEW_IDS) return { sources: [first], filters: [] };
  const isChosenWhenRead = options.sources.every((one) => one.by === "all" || isSelective(one));
  if (isChosenWhenRead && (options.unions.length === 0 || selective.some(isNearlyUnique)))
    return intersect(selective, options);
  const sizes = await measureSources(source, kind, [...sourcesIn(options)], meter);
  const sources = chooseSources(options, (one) => sizes.get(one) ?? guessSize(one, source.partitions));
  const [only] = sources;
  if (sources.length === 1 && only !== undefined && isSelective(only)) return intersect(selective, options);
  return { sources, filters: selective };
}

/** The intersection of indexes, or all entities. */
function intersect<K extends EntityKind>(
  [first, ...others]: readonly IndexedSource[],
  { sources }: PlanOptions<K>,
): IndexPlan<K> {
  return first === undefined ? { sources: sources.slice(-1), filters: [] } : { sources: [first], filters: others };
}

/** Counts the entries of sources, as many as the limit allows. */
async function measureSources<K extends EntityKind>(
  { redis, partitions }: IndexSource,
  kind: K,
  sources: readonly Source<K>[],
  meter: WorkMeter,
): Promise<Map<Source<K>, SourceSize>> {
  const sizes = new Map<Source<K>, { ranges: number; entities: number }>();
  const toCount: { source: Source<K>; partition: number; key: string }[] = [];
  /** Each branch of an `$or` has one. */
  let wholeScan: { ranges: number; entities: number } | undefined;
  for (const source of sources) {
    await meter.pause();
    if (wholeScan !== undefined && isWholeScan(source)) {
      sizes.set(source, wholeScan);
      continue;
    }
    const ranges = countRangesOf(source, partitions);
    if (source.by === "ids" || toCount.length + ranges > MAX_COUNTED_RANGES) continue;
    const size = { ranges, entities: 0 };
    sizes.set(source, size);
    if (isWholeScan(source)) wholeScan = size;
    for (const [partition, key] of keysOf(kind, source, partitions)) toCount.push({ source, partition, key });
  }
  for (const [, mine] of groupBy(toCount, ({ partition }) => partition))
    for (const batch of batchesOf(mine, RANGES_PER_SCRIPT)) {
      const bounds = batch.flatMap(({ source }) => {
        const { from, to } = enclosingRange(source.created) ?? { from: 0, to: -1 };
        return [formatScore(from), formatScore(to)];
      });
      meter.charge(batch.length * WORK.indexRange);
      const keys = batch.map(({ key }) => key);
      const counts = (await runScript(redis, "countRanges", keys, bounds)) as number[];
      for (const [index, { source }] of batch.entries()) {
        const size = sizes.get(source);
        if (size !== undefined) size.entities += counts[index] ?? 0;
      }
      await meter.pause();
    }
  return sizes;
}

/** The number of index ranges of a source, in all partitions. */
function countRangesOf(source: Source, partitions: number): number {
  if (source.by === "ids") return source.ids.size;
  if (source.by === "all") return partitions;
  return ID_CHECK_BY_FIELD.has(source.field) ? source.values.size : source.values.size * partitions;
}

function* keysOf<K extends EntityKind>(
  kind: K,
  source: Source<K>,
  partitions: number,
): Generator<[partition: number, key: string]> {
  const everywhere = Array.from({ length: partitions }, (_, partition) => partition);
  if (source.by === "all") for (const partition of everywhere) yield [partition, allEntitiesKey(partition, kind)];
  if (source.by !== "index") return;
  for (const value of source.values) {
    const isId = ID_CHECK_BY_FIELD.has(source.field);
    for (const partition of isId ? [partitionOf(value as IdByKind[EntityKind], partitions)] : everywhere)
      yield [partition, indexKey(partition, kind, source.field, value)];
  }
}

/** Guesses the size of a source whose entries are not counted: each value has a few entities. */
function guessSize(source: Source, partitions: number): SourceSize {
  const ranges = countRangesOf(source, partitions);
  if (source.by === "index") return { ranges, entities: 2 * source.values.size };
  return { ranges, entities: source.by === "ids" ? ranges : Number.MAX_SAFE_INTEGER };
}
