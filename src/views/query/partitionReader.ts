import { batchesOf } from "../../domain/batchesOf.js";
import { clamp } from "../../domain/clamp.js";
import type { RedisClient } from "../../redis/redisClient.js";
import type { IndexEntry } from "../../store/documentReader.js";
import { allEntitiesKey, type EntityKind, stagingKey, workflowMemberOf } from "../../store/keys.js";
import { positionComparer, type WalkOrder, type WalkPosition } from "./cursor.js";
import type { IndexRange, PartitionRanges, SortedSetRange } from "./indexRanges.js";
import { FIRST_LOOKED_UP_ENTRIES, IDS_PER_COMMAND, RANGES_PER_SCRIPT, WORK } from "./limits.js";
import type { WorkMeter } from "./meter.js";
import { NearestEntries } from "./nearestEntries.js";
import type { RangeReads } from "./rangeReads.js";
import { formatScore } from "./timeRanges.js";

/** Entries that the first reads of all partitions return together, at least and at most. Later reads are larger. */
const FIRST_READ_SIZES = [128, 1_024] as const;
const MIN_READ_SIZE = 16;
const MAX_READ_SIZE = 1_024;

interface PartitionReaderOptions {
  redis: RedisClient;
  reads: RangeReads;
  kind: EntityKind;
  partition: number;
  ranges: PartitionRanges;
  /** The position after which to start. */
  start: WalkPosition;
  order: WalkOrder;
  /** The number of readers that share the walk. */
  readers: number;
  /** How many entities the page may hold. */
  pageEntities: number;
  meter: WorkMeter;
}

/** Reads the union of index ranges of one partition in the order of a walk, in batches. */
export class PartitionReader {
  readonly #options: PartitionReaderOptions;
  readonly #compare: ReturnType<typeof positionComparer>;
  /**
   * Workflows that were being staged at some time during the walk. They are left out entirely, even if they become visible
   * meanwhile: the walk may have missed a part of them.
   */
  readonly #stagedWorkflows = new Set<string>();
  /** Ordered ranges that have begun and are not read to their end. */
  #begun: IndexRange[] = [];
  #nextOrdered = 0;
  /** Entries before the frontier that {@link drainUpTo} has not returned. */
  #buffer: IndexEntry[] = [];
  #frontier: WalkPosition | "end";
  #readSize: number;
  /** Entries of each range that the next read looks up in other indexes; 0: there are no others. */
  #lookUpSize: number;

  constructor(options: PartitionReaderOptions) {
    this.#options = options;
    this.#compare = positionComparer(options.order);
    this.#frontier = options.start;
    const { pageEntities, readers } = options;
    const { together, filters } = options.ranges;
    this.#readSize = Math.max(MIN_READ_SIZE, Math.ceil(clamp(pageEntities, FIRST_READ_SIZES) / readers));
    this.#lookUpSize =
      together.length + filters.length > 1 ? clamp(Math.ceil(pageEntities / readers), FIRST_LOOKED_UP_ENTRIES) : 0;
  }

  /** The position up to which all entries have been read, inclusive; `end`: all of them. */
  get frontier(): WalkPosition | "end" {
    return this.#frontier;
  }

  /** Whether to read the next batch now, together with other partitions. */
  get isRunningLow(): boolean {
    return this.#frontier !== "end" && this.#buffer.length < this.#readSize / 2;
  }

  /** Removes and returns the entries up to a position, in the order of the walk. */
  drainUpTo(limit: WalkPosition | "end"): IndexEntry[] {
    if (limit === "end") return this.#buffer.splice(0);
    const beyond = this.#buffer.findIndex((entry) => this.#compare(entry, limit) > 0);
    return this.#buffer.splice(0, beyond === -1 ? this.#buffer.length : beyond);
  }

  /** Reads the next batch and moves the frontier. */
  async readNext(): Promise<void> {
    const from = this.#frontier;
    if (from === "end") return;
    const { partition } = this.#options;
    for (let perRange = this.#entriesPerRange(); ; perRange *= 4) {
      const frontier = await this.#readFrom(from, perRange);
      this.#readSize = Math.min(MAX_READ_SIZE, this.#readSize * 2);
      this.#lookUpSize = Math.min(MAX_READ_SIZE, this.#lookUpSize * 2);
      if (frontier.reached === "end" || this.#compare(frontier.reached, from) > 0) {
        const isVisible = ({ member }: WalkPosition) => !this.#stagedWorkflows.has(workflowMemberOf(member));
        const entries = this.#stagedWorkflows.size === 0 ? frontier.entries : frontier.entries.filter(isVisible);
        this.#buffer = this.#buffer.concat(entries.map(({ score, member }) => ({ partition, score, member })));
        this.#frontier = frontier.reached;
        return;
      }
      // All entries of a range share one score and are known already: read more of that score.
    }
  }

  #entriesPerRange(): number {
    const { together, unorderedCount } = this.#options.ranges;
    const count = Math.max(0, ...together.map(({ length }) => length)) + unorderedCount + this.#begun.length;
    return Math.max(MIN_READ_SIZE, this.#lookUpSize, Math.ceil(this.#readSize / Math.max(1, count)));
  }

  /** Reads the next entries of all ranges after a position. @param limit entries of each range */
  async #readFrom(
    from: WalkPosition,
    limit: number,
  ): Promise<{ entries: WalkPosition[]; reached: WalkPosition | "end" }> {
    const { together, unordered, ordered } = this.#options.ranges;
    this.#beginOrdered(from);
    const nearest = new NearestEntries(from, this.#compare);
    // The ranges that entities can leave come first: entities move from them to the others, never back.
    if (together.length > 0) await this.#readTogether(together, from, limit, nearest);
    for (const ranges of batchesOf(unordered(), RANGES_PER_SCRIPT))
      await this.#readRanges(ranges, from, limit, nearest);
    const unread = new Map<IndexRange, WalkPosition | undefined>();
    for (const ranges of batchesOf(this.#begun, RANGES_PER_SCRIPT))
      for (const [range, last] of await this.#readRanges(ranges, from, limit, nearest)) unread.set(range, last);
    const next = ordered[this.#nextOrdered];
    if (next !== undefined) nearest.cutAt(this.#positionBefore(next));
    const reached = nearest.reached;
    this.#begun = this.#begun.filter((range) => {
      const last = unread.get(range);
      return !(unread.has(range) && (last === undefined || reached === "end" || this.#compare(last, reached) <= 0));
    });
    return { entries: nearest.take(), reached };
  }

  /** Begins the ranges that the walk has reached, and a few more: as many as fill a read if each has few entries. */
  #beginOrdered(from: WalkPosition): void {
    const { ordered } = this.#options.ranges;
    const enough = Math.ceil(this.#readSize / MIN_READ_SIZE);
    for (;;) {
      const next = ordered[this.#nextOrdered];
      if (next === undefined) return;
      const isReached = this.#compare(this.#positionBefore(next), from) <= 0;
      if (!isReached && this.#begun.length >= enough) return;
      this.#begun.push(next);
      this.#nextOrdered++;
    }
  }

  /** The position right before all entries of a range. */
  #positionBefore({ from, to }: IndexRange): WalkPosition {
    return this.#options.order === "oldest" ? { score: from, member: "" } : { score: to, member: AFTER_ALL_MEMBERS };
  }

  /** Reads the smallest of some groups of ranges. */
  async #readTogether(
    groups: readonly (readonly SortedSetRange[])[],
    from: WalkPosition,
    limit: number,
    nearest: NearestEntries,
  ): Promise<void> {
    for (const { entries, last, readCount } of await this.#readSortedSets(groups, from, limit)) {
      nearest.add(entries);
      if (readCount === limit) nearest.cutAt(last);
    }
    await this.#options.meter.pause();
  }

  /** Reads ranges. @returns those that are read to their end, with their last entries */
  async #readRanges(
    ranges: readonly IndexRange[],
    from: WalkPosition,
    limit: number,
    nearest: NearestEntries,
  ): Promise<[IndexRange, WalkPosition | undefined][]> {
    const { meter } = this.#options;
    const keyed = ranges.filter((range) => "key" in range);
    const single = ranges.filter((range) => "member" in range);
    const ended = new Map<IndexRange, WalkPosition | undefined>(keyed.map((range) => [range, undefined]));
    // Also without sorted sets: it reads which workflows are being staged.
    for (const { range, entries, last, readCount } of await this.#readSortedSets([keyed], from, limit)) {
      nearest.add(entries);
      if (readCount < limit) ended.set(range, last);
      else {
        nearest.cutAt(last);
        ended.delete(range);
      }
    }
    for (const batch of batchesOf(single, IDS_PER_COMMAND)) {
      const scores = await this.#readScores(batch.map(({ member }) => member));
      meter.charge(batch.length * WORK.indexRange);
      for (const [index, range] of batch.entries()) {
        const score = scores[index];
        const entry = score == null ? undefined : { score: Number(score), member: range.member };
        const isInRange = entry !== undefined && entry.score >= range.from && entry.score <= range.to;
        if (isInRange) nearest.add([entry]);
        ended.set(range, isInRange ? entry : undefined);
      }
    }
    await meter.pause();
    return [...ended];
  }

  #readScores(members: readonly string[]): Promise<(string | null)[]> {
    const { redis, partition, kind } = this.#options;
    return redis.zmscore(allEntitiesKey(partition, kind), ...members);
  }

  /**
   * Reads the next entries of the smallest of some groups of ranges, and the workflows that are being staged. One script
   * reads them all: an entity that moves between two sets would otherwise appear in neither.
   *
   * @param limit of entries to read of each range
   */
  async #readSortedSets(
    choices: readonly (readonly SortedSetRange[])[],
    position: WalkPosition,
    limit: number,
  ): Promise<RangeEntries[]> {
    const { reads, partition, order, meter, ranges } = this.#options;
    const groups = [...choices, ...ranges.filters];
    const bounds = groups.flat().flatMap(({ from, to }) => {
      const [first, last] =
        order === "oldest" ? [Math.max(from, position.score), to] : [Math.min(to, position.score), from];
      return [formatScore(first), formatScore(last)];
    });
    const stagedKey = stagingKey(partition);
    const request = { stagedKey, limit, choices: choices.length, groups, bounds };
    const [staged, chosen, lookedAt, ...replies] = await reads.read(request);
    for (const workflow of staged) this.#stagedWorkflows.add(workflow);
    const group = groups[chosen] ?? [];
    const found: RangeEntries[] = [];
    for (let at = 0; at < replies.length; at += 4) {
      const [index, readCount, last, entries] = replies.slice(at, at + 4) as [number, number, string, string];
      const [lastEntry] = parseEntries(last);
      found.push({
        range: group[index] as SortedSetRange,
        readCount,
        last: lastEntry as WalkPosition,
        entries: parseEntries(entries),
      });
    }
    meter.charge(groups.flat().length * WORK.indexRange + lookedAt * groups.length * WORK.indexEntry);
    return found;
  }
}

/** The entries that a script found in a range. */
interface RangeEntries {
  readonly range: SortedSetRange;
  /** The number of entries that it read of the range, and the last of them. */
  readonly readCount: number;
  readonly last: WalkPosition;
  /** Those that are in all groups. */
  readonly entries: WalkPosition[];
}

/** @param text `member time member time …` */
function parseEntries(text: string): WalkPosition[] {
  if (text === "") return [];
  const parts = text.split(" ");
  const entries: WalkPosition[] = [];
  for (let at = 0; at < parts.length; at += 2)
    entries.push({ member: parts[at] as string, score: Number(parts[at + 1]) });
  return entries;
}

/** Sorts behind all members, which are ASCII. */
export const AFTER_ALL_MEMBERS = "\uffff";
