import {
  allEntitiesKey,
  type EntityKind,
  type IdByKind,
  indexKey,
  indexKeysToRead,
  memberOf,
  partitionOf,
  STATE_INDEXES,
} from "../../store/keys.js";
import { type IndexPlan, isIntersection } from "./choosePlan.js";
import type { WalkOrder } from "./cursor.js";
import { earliestTimeOf, ID_CHECK_BY_FIELD } from "./idTimes.js";
import type { WorkMeter } from "./meter.js";
import { type IndexedSource, isNearlyUnique, isSelective } from "./planOptions.js";
import type { IndexValue } from "./planStates.js";
import { enclosingRange, type TimeRange } from "./timeRanges.js";

/** A part of a sorted set. */
export type SortedSetRange = TimeRange & { readonly key: string };
/** A part of a sorted set, or one member of the set of all entities. */
export type IndexRange = SortedSetRange | (TimeRange & { readonly member: string });

/** The ranges of one partition that together hold all matches there. */
export interface PartitionRanges {
  /**
   * Ranges that one script reads together: those of indexes that entities can leave, and those of which the script reads
   * the group with the fewest entries. The others of such groups are {@link filters} then.
   */
  readonly together: readonly (readonly SortedSetRange[])[];
  /** Every match is in one index of each of these groups. */
  readonly filters: readonly (readonly SortedSetRange[])[];
  /** Other ranges without an order, made when they are needed: there may be millions in all partitions. */
  readonly unordered: () => Iterable<IndexRange>;
  readonly unorderedCount: number;
  /** Ranges in the order of the walk, so that it begins each only when it gets there. */
  readonly ordered: readonly IndexRange[];
}

/** Ranges of creation times that are read one by one in an index by value. Of more, the enclosing range is read. */
const MAX_SEPARATE_TIMES = 16;

/** Finds the ranges of a plan in the partitions that can hold matches. */
export async function findRanges<K extends EntityKind>(
  kind: K,
  plan: IndexPlan<K>,
  order: WalkOrder,
  partitions: number,
  meter: WorkMeter,
): Promise<Map<number, PartitionRanges>> {
  const builders = Array.from({ length: partitions }, (_, partition) => new RangesBuilder(kind, partition, order));
  const { sources, filters } = plan;
  const isOnlyIntersection = isIntersection(plan);
  const groups = isOnlyIntersection ? [...sources.filter(isSelective), ...filters] : filters;
  const hasNearlyUnique = groups.some(isNearlyUnique);
  for (const group of groups)
    for (const builder of builders)
      builder.addGroup(group, partitions, isOnlyIntersection && (!hasNearlyUnique || isNearlyUnique(group)));
  for (const source of isOnlyIntersection ? [] : sources) {
    const { created } = source;
    const whole = enclosingRange(created);
    if (whole === undefined) continue;
    if (source.by === "all") for (const builder of builders) builder.addTimes(created);
    else if (source.by === "ids" || ID_CHECK_BY_FIELD.has(source.field))
      for (const id of source.by === "ids" ? source.ids : (source.values as ReadonlySet<IdByKind[K]>)) {
        await meter.pause();
        builders[partitionOf(id, partitions)]?.addId(id, source.by === "ids" ? undefined : source.field, whole);
      }
    else for (const builder of builders) builder.addValues(source.field, source.values, created);
  }
  const found = new Map<number, PartitionRanges>();
  for (const [partition, builder] of builders.entries()) {
    await meter.pause();
    const ranges = builder.build();
    if (ranges !== undefined) found.set(partition, ranges);
  }
  return found;
}

class RangesBuilder {
  readonly #kind: EntityKind;
  readonly #partition: number;
  readonly #order: WalkOrder;
  /** By key: a filter may name the few states in any number of clauses. */
  readonly #volatile = new Map<string, SortedSetRange>();
  readonly #choices: SortedSetRange[][] = [];
  readonly #filters: SortedSetRange[][] = [];
  /** Whether a group has no range here: then there is no match. */
  #isExcluded = false;
  readonly #unordered: (() => Iterable<IndexRange>)[] = [];
  #unorderedCount = 0;
  readonly #ordered: IndexRange[] = [];

  constructor(kind: EntityKind, partition: number, order: WalkOrder) {
    this.#kind = kind;
    this.#partition = partition;
    this.#order = order;
  }

  /** Adds the ranges in one of which each match is. @param isChoice whether to read them or other such groups */
  addGroup({ field, values, created }: IndexedSource, partitions: number, isChoice: boolean): void {
    const isHere = (value: IndexValue) =>
      !ID_CHECK_BY_FIELD.has(field) || partitionOf(value as IdByKind[EntityKind], partitions) === this.#partition;
    const ranges = [...values]
      .filter(isHere)
      .flatMap((value) => indexKeysToRead(this.#partition, this.#kind, field, value))
      .flatMap((key) => created.map(({ from, to }) => ({ key, from, to })));
    if (ranges.length === 0) this.#isExcluded = true;
    else (isChoice ? this.#choices : this.#filters).push(ranges);
  }

  /** Adds all entities of some times. */
  addTimes(created: readonly TimeRange[]): void {
    const key = allEntitiesKey(this.#partition, this.#kind);
    for (const { from, to } of created) this.#addOrdered({ key, from, to });
  }

  /** Adds an entity by its own id, or the entities with an id in a field. */
  addId(id: string, field: string | undefined, { from, to }: TimeRange): void {
    const times = { from: Math.max(from, earliestTimeOf(id)), to };
    if (times.from > times.to) return;
    if (field === undefined) this.#addOrdered({ member: memberOf(id), ...times });
    else this.#addOrdered({ key: indexKey(this.#partition, this.#kind, field, id), ...times });
  }

  /** Adds the entities with some values of an indexed field. */
  addValues(field: string, values: ReadonlySet<IndexValue>, created: readonly TimeRange[]): void {
    const [kind, partition] = [this.#kind, this.#partition];
    const isVolatile = (STATE_INDEXES[kind] as readonly string[]).includes(field);
    const whole = enclosingRange(created) as TimeRange;
    const times = isVolatile || created.length > MAX_SEPARATE_TIMES ? [whole] : created;
    const ranges = function* (): Generator<SortedSetRange> {
      for (const value of values)
        for (const key of indexKeysToRead(partition, kind, field, value))
          for (const { from, to } of times) yield { key, from, to };
    };
    if (isVolatile) for (const range of ranges()) this.#addVolatile(range);
    else this.#addUnordered(ranges, values.size * times.length);
  }

  #addVolatile(range: SortedSetRange): void {
    const known = this.#volatile.get(range.key);
    this.#volatile.set(range.key, {
      ...range,
      from: Math.min(range.from, known?.from ?? range.from),
      to: Math.max(range.to, known?.to ?? range.to),
    });
  }

  #addUnordered(ranges: () => Iterable<IndexRange>, count: number): void {
    this.#unordered.push(ranges);
    this.#unorderedCount += count;
  }

  /** Adds a range that begins, in the order of the walk, at a known time. */
  #addOrdered(range: IndexRange): void {
    const isOpenAtStart = !Number.isFinite(this.#order === "oldest" ? range.from : range.to);
    if (isOpenAtStart) this.#addUnordered(() => [range], 1);
    else this.#ordered.push(range);
  }

  /** @returns undefined without ranges */
  build(): PartitionRanges | undefined {
    const ordered = this.#ordered.sort((one, other) =>
      this.#order === "oldest" ? one.from - other.from : other.to - one.to,
    );
    const unordered = this.#unordered;
    const together = this.#volatile.size === 0 ? this.#choices : [[...this.#volatile.values()]];
    if (this.#isExcluded || together.length + unordered.length + ordered.length === 0) return undefined;
    return {
      together,
      filters: this.#filters,
      *unordered() {
        for (const ranges of unordered) yield* ranges();
      },
      unorderedCount: this.#unorderedCount,
      ordered,
    };
  }
}
