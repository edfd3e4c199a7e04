import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { groupBy } from "../../../src/domain/groupBy.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { allEntitiesKey, indexKey, memberOf } from "../../../src/store/keys.js";
import { defineScripts } from "../../../src/store/scripts.js";
import { positionComparer, type WalkOrder, type WalkPosition } from "../../../src/views/query/cursor.js";
import type { IndexRange, PartitionRanges, SortedSetRange } from "../../../src/views/query/indexRanges.js";
import { MAX_BUFFERED_ENTRIES, RANGES_PER_SCRIPT } from "../../../src/views/query/limits.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { NearestEntries } from "../../../src/views/query/nearestEntries.js";
import { walkEntries } from "../../../src/views/query/walkEntries.js";
import { freshDatabase } from "../../setup/database.js";
import { propertyRuns } from "../../setup/propertyRuns.js";
import { flushDatabase, openRedis } from "../../setup/testRedis.js";
import { idsOf } from "./taskforcePopulation.js";

let redis: RedisClient;
beforeAll(async () => {
  redis = openRedis(await freshDatabase());
  defineScripts(redis);
});
afterAll(() => redis.disconnect());
beforeEach(() => flushDatabase(redis));

const ORDERS = ["oldest", "newest"] as const satisfies WalkOrder[];
const memberOfNumber = (n: number): string => memberOf(idsOf(n, 5).taskforce_uuid);

describe("the nearest entries", () => {
  const position = (n: number): WalkPosition => ({
    score: Math.floor(n / 3),
    member: `m${String(n).padStart(5, "0")}`,
  });

  test("are those of a plain sort, each once, up to where they are complete", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat({ max: 60 }), { maxLength: 20 }), { maxLength: 10 }),
        fc.array(fc.nat({ max: 60 }), { maxLength: 3 }),
        fc.nat({ max: 60 }),
        fc.constantFrom(...ORDERS),
        (lists, cuts, from, order) => {
          const compare = positionComparer(order);
          const nearest = new NearestEntries(position(from), compare);
          for (const [index, list] of lists.entries()) {
            nearest.add(list.map(position));
            if (cuts[index] !== undefined) nearest.cutAt(position(cuts[index]));
          }
          const used = cuts.slice(0, lists.length).map(position).sort(compare);
          const inRange = (one: WalkPosition) =>
            compare(one, position(from)) > 0 && (used[0] === undefined || compare(one, used[0]) <= 0);
          expect(nearest.reached).toEqual(used[0] ?? "end");
          expect(nearest.take()).toEqual([...new Set(lists.flat())].map(position).filter(inRange).sort(compare));
        },
      ),
      { numRuns: propertyRuns(200) },
    );
  });

  test.each(ORDERS)("are a bounded number of any, %s first", (order) => {
    const compare = positionComparer(order);
    const start = { score: order === "oldest" ? -1 : 1e9, member: "" };
    const nearest = new NearestEntries(start, compare);
    const all = Array.from({ length: 10 * MAX_BUFFERED_ENTRIES }, (_, n) => position((n * 7_919) % 20_011));
    for (let at = 0; at < all.length; at += 50) nearest.add(all.slice(at, at + 50));
    const taken = nearest.take();
    expect(taken.length).toBeGreaterThanOrEqual(MAX_BUFFERED_ENTRIES);
    expect(taken.length).toBeLessThanOrEqual(2 * MAX_BUFFERED_ENTRIES);
    expect(taken).toEqual(all.sort(compare).slice(0, taken.length));
    expect(nearest.reached).toEqual(taken.at(-1));
  });
});

/** Puts members into a sorted set. */
async function fill(key: string, entries: readonly WalkPosition[]): Promise<void> {
  for (let at = 0; at < entries.length; at += 500)
    await redis.zadd(key, ...entries.slice(at, at + 500).flatMap(({ score, member }) => [score, member]));
}

/** The members that a walk returns. */
async function walk(ranges: PartitionRanges, order: WalkOrder, after?: WalkPosition): Promise<WalkPosition[]> {
  const found: WalkPosition[] = [];
  const options = { after, order, meter: new WorkMeter() };
  for await (const batch of walkEntries(redis, "taskforce", new Map([[0, ranges]]), options))
    found.push(...batch.map(({ score, member }) => ({ score, member })));
  return found;
}

/** One text: the comparison of thousands of objects takes long. */
const shown = (entries: readonly WalkPosition[]) => entries.map(({ score, member }) => `${score} ${member}`).join("\n");

interface RangeParts {
  together?: SortedSetRange[][];
  filters?: SortedSetRange[][];
  unordered?: IndexRange[];
  ordered?: IndexRange[];
}

const rangesOf = (order: WalkOrder, parts: RangeParts): PartitionRanges => {
  const { together = [], filters = [], unordered = [], ordered = [] } = parts;
  const sorted = ordered.toSorted((one, other) => (order === "oldest" ? one.from - other.from : other.to - one.to));
  return { together, filters, unordered: () => unordered, unorderedCount: unordered.length, ordered: sorted };
};

const TIMES = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const keyOf = (n: number) => indexKey(0, "taskforce", "cluster_id", n);
const wholeSet = (n: number): SortedSetRange => ({ key: keyOf(n), ...TIMES });

/** More entries than a walk keeps, in more overlapping ranges than a script reads; many have the same time. */
const SETS = 3 * RANGES_PER_SCRIPT;
const TOTAL = 2 * MAX_BUFFERED_ENTRIES + 1_500;
const population = Array.from({ length: TOTAL }, (_, n) => ({
  score: Math.floor(((n * 7_919) % TOTAL) / 5),
  member: memberOfNumber(n),
}));
const setsOf = (n: number) => [n % SETS, (n * 31) % SETS, (n * n) % 7];

async function fillSets(): Promise<void> {
  await fill(allEntitiesKey(0, "taskforce"), population);
  for (let set = 0; set < SETS; set++)
    await fill(
      keyOf(set),
      population.filter((_, n) => setsOf(n).includes(set)),
    );
}

test("the union of many overlapping ranges is in order and complete, in both orders, from any position", async () => {
  await fillSets();
  const anySet = fc.nat({ max: SETS - 1 });
  const someBounds = fc.tuple(fc.nat({ max: TOTAL / 5 }), fc.nat({ max: TOTAL / 5 }));
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        together: fc.uniqueArray(anySet, { maxLength: 3 }),
        filters: fc.array(fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 4 }), { maxLength: 2 }),
        unordered: fc.oneof(
          fc.constant(Array.from({ length: SETS }, (_, set) => set)),
          fc.uniqueArray(anySet, { maxLength: 5 }),
        ),
        ordered: fc.array(fc.tuple(anySet, someBounds), { maxLength: 200 }),
        ids: fc.array(fc.tuple(fc.nat({ max: TOTAL + 50 }), someBounds), { maxLength: 600 }),
      }),
      fc.constantFrom(...ORDERS),
      fc.array(fc.nat({ max: TOTAL - 1 }), { maxLength: 2 }),
      async ({ together, filters, unordered, ordered, ids }, order, positions) => {
        const compare = positionComparer(order);
        const bounds = ([one, other]: [number, number]) => ({ from: Math.min(one, other), to: Math.max(one, other) });
        const ranges = rangesOf(order, {
          together: together.length === 0 ? [] : [together.map(wholeSet)],
          filters: filters.map((group) => group.map(wholeSet)),
          unordered: unordered.map(wholeSet),
          ordered: [
            ...ordered.map(([set, times]) => ({ key: keyOf(set), ...bounds(times) })),
            ...ids.map(([n, times]) => ({ member: memberOfNumber(n), ...bounds(times) })),
          ],
        });
        const isInTimes = (n: number, { from, to }: { from: number; to: number }) =>
          population[n]!.score >= from && population[n]!.score <= to;
        const timesBySet = groupBy(ordered, ([set]) => set);
        const timesById = groupBy(ids, ([n]) => n);
        const whole = new Set([...together, ...unordered]);
        const isInFilters = (n: number) => filters.every((group) => setsOf(n).some((set) => group.includes(set)));
        const expected = population
          .filter(
            (_, n) =>
              (isInFilters(n) &&
                setsOf(n).some(
                  (set) => whole.has(set) || timesBySet.get(set)?.some(([, times]) => isInTimes(n, bounds(times))),
                )) ||
              // Single entities are not looked up in other indexes.
              timesById.get(n)?.some(([, times]) => isInTimes(n, bounds(times))),
          )
          .sort(compare);
        expect(shown(await walk(ranges, order))).toBe(shown(expected));
        for (const at of positions) {
          const after = population[at]!;
          const further = expected.filter((one) => compare(one, after) > 0);
          expect(shown(await walk(ranges, order, after))).toBe(shown(further));
        }
      },
    ),
    { numRuns: propertyRuns(6) },
  );
}, 120_000);

test.each(ORDERS)("the intersection of groups of ranges, of which the smallest is read, %s first", async (order) => {
  await fillSets();
  const compare = positionComparer(order);
  for (const [groups, times] of [
    [[[0, 1, 2, 3], [4]], TIMES],
    [[[4], [0, 1, 2, 3]], TIMES],
    // Redis intersects these: with few matches, with none, with more than one read returns, and with times.
    [[[0], [1]], TIMES],
    [[[0], [SETS - 1]], TIMES],
    [[[1], [1]], TIMES],
    [[[1], [1], [1]], { from: 100, to: 600 }],
    [
      [
        [0, 1],
        [1, 4],
        [4, 2, 9],
      ],
      { from: 100, to: 600 },
    ],
  ] as const) {
    const expected = population
      .filter((_, n) => groups.every((group) => setsOf(n).some((set) => (group as readonly number[]).includes(set))))
      .filter(({ score }) => score >= times.from && score <= times.to)
      .sort(compare);
    const ranges = rangesOf(order, {
      together: groups.map((group) => group.map((set) => ({ key: keyOf(set), ...times }))),
    });
    expect(shown(await walk(ranges, order))).toBe(shown(expected));
    const after = expected[Math.floor(expected.length / 2)];
    if (after === undefined) continue;
    const further = expected.filter((one) => compare(one, after) > 0);
    expect(shown(await walk(ranges, order, after))).toBe(shown(further));
  }
});

test.each(ORDERS)("any number of entities with the same time, %s first", async (order) => {
  const same = Array.from({ length: 3 * MAX_BUFFERED_ENTRIES }, (_, n) => ({ score: 5, member: memberOfNumber(n) }));
  const around = [4, 6].map((score) => ({ score, member: memberOfNumber(10_000 + score) }));
  await fill(keyOf(0), [...same, ...around]);
  await fill(keyOf(1), same.slice(0, 4_000));
  const expected = [...same, ...around].sort(positionComparer(order));
  for (const sets of [[0], [0, 1], [0, ...Array.from({ length: RANGES_PER_SCRIPT }, (_, n) => n + 1)]]) {
    const unordered = sets.map((set) => ({ key: keyOf(set), ...TIMES }));
    expect(shown(await walk(rangesOf(order, { unordered }), order))).toBe(shown(expected));
  }
});
