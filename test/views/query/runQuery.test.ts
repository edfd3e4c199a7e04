import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { runQuery } from "../../../src/views/query/runQuery.js";
import { freshDatabase } from "../../setup/database.js";
import { propertyRuns } from "../../setup/propertyRuns.js";
import { flushDatabase, openRedis } from "../../setup/testRedis.js";
import { compileFilter } from "./compileFilter.js";
import { anyFilter, anySamples } from "./queryArbitraries.js";
import { fetchAllPages, pageBytes, uuidsOn } from "./queryPages.js";
import { compareByAge, idsOf, makeSamples, TaskforcePopulation, type TaskforceSample } from "./taskforcePopulation.js";

let redis: RedisClient;
beforeAll(async () => {
  redis = openRedis(await freshDatabase());
});
afterAll(() => redis.disconnect());
beforeEach(() => flushDatabase(redis));

async function populated(partitions: number, samples: TaskforceSample[]): Promise<TaskforcePopulation> {
  const population = new TaskforcePopulation(redis, partitions);
  await population.putSamples(...samples);
  return population;
}

/** The expected matches, found by a full scan without indexes. */
const fullScan = (population: TaskforcePopulation, filter: Record<string, unknown>): string[] =>
  population.samples
    .filter(compileFilter(filter))
    .sort(compareByAge)
    .map((found) => found.taskforce_uuid);

test("an indexed query and a full scan find the same for any filter, partitions and page size", async () => {
  await fc.assert(
    fc.asyncProperty(
      anySamples,
      fc.array(anyFilter, { minLength: 5, maxLength: 10 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 100, max: 20_000 }),
      fc.record({
        order: fc.constantFrom("oldest" as const, "newest" as const),
        maxScan: fc.constantFrom(7, 50, 1_000),
        maxWork: fc.constantFrom(50_000, 500_000, 1e9),
      }),
      async (samples, filters, partitions, maxBytes, options) => {
        await flushDatabase(redis);
        const population = await populated(partitions, samples);
        for (const filter of filters) {
          const pages = await fetchAllPages(population, filter, { maxBytes, ...options });
          const expected = fullScan(population, filter);
          expect(uuidsOn(pages)).toEqual(options.order === "oldest" ? expected : expected.reverse());
        }
      },
    ),
    { numRuns: propertyRuns(50) },
  );
}, 180_000);

test("several conditions on one indexed field must all hold, whether or not their values are in the index", async () => {
  const population = await populated(
    2,
    makeSamples(60, (n) => ({ priority: [-1, 7, 50][n % 3]!, cluster_id: [null, 5, 6][Math.floor(n / 3) % 3]! })),
  );
  // Entities with the default priority, and without a cluster, are in no index of these fields.
  const values: Record<string, unknown[]> = { priority: [-1, 7, 50, 7.5], cluster_id: [null, 5, 6, "5"] };
  for (const [field, all] of Object.entries(values)) {
    const conditions = all.flatMap((value, index) => [
      value,
      { $eq: value },
      { $in: [value, all[(index + 1) % all.length]] },
      { $in: [value, all[(index + 1) % all.length]], $eq: value },
    ]);
    for (const one of conditions)
      for (const other of conditions)
        for (const filter of [
          { $and: [{ [field]: one }, { [field]: other }] },
          { [field]: one, $and: [{ [field]: other }] },
        ]) {
          const pages = await fetchAllPages(population, filter, { maxBytes: 100_000 });
          expect([filter, uuidsOn(pages)]).toEqual([filter, fullScan(population, filter)]);
        }
  }
}, 180_000);

describe("pages", () => {
  test("are filled up to the limit, and their texts are whole documents", async () => {
    const population = await populated(
      4,
      makeSamples(300, (n) => ({ job_event_log_fpath: "ü".repeat(n % 37) })),
    );
    const maxBytes = 5_000;
    const pages = await fetchAllPages(population, {}, { maxBytes });
    expect(pages.length).toBeGreaterThan(10);
    pages.slice(0, -1).forEach((page, index) => {
      const next = pages[index + 1]!;
      const longer = {
        items: [...page.items, next.items[0]!],
        nextAfter: next.items.length === 1 && next.nextAfter === null ? null : page.nextAfter,
      };
      expect(pageBytes(longer)).toBeGreaterThan(maxBytes);
    });
    expect(pages.flatMap((page) => page.items)).toEqual(
      population.samples.sort(compareByAge).map((found) => JSON.stringify(found)),
    );
  });

  test("contain one match even if it is too long, and no cursor after the last match", async () => {
    const pages = await fetchAllPages(await populated(3, makeSamples(5)), {}, { maxBytes: 1 });
    expect(pages.map((page) => [page.items.length, page.nextAfter !== null])).toEqual([
      [1, true],
      [1, true],
      [1, true],
      [1, true],
      [1, false],
    ]);
  });

  test("end with a cursor only if a further match exists among the following entities", async () => {
    const population = await populated(
      2,
      makeSamples(400, (n) => ({ schedd: n < 2 ? "A" : "B" })),
    );
    const { items } = await runQuery(
      population,
      "taskforce",
      { query: { n_workers: { $lt: 2 } } },
      { maxBytes: 1e6, envelope: "taskforces", meter: new WorkMeter() },
    );
    const whole = pageBytes({ items, nextAfter: null });
    const exact = await fetchAllPages(population, { n_workers: { $lt: 2 } }, { maxBytes: whole });
    expect(exact.map((page) => page.items.length)).toEqual([2]);
    const tooShort = await fetchAllPages(population, { n_workers: { $lt: 2 } }, { maxBytes: whole - 1 });
    expect(tooShort.map((page) => page.items.length)).toEqual([1, 1]);
  });

  test("count the bytes of the projection, not of the document", async () => {
    const population = await populated(2, makeSamples(50));
    const [page, ...rest] = await fetchAllPages(population, {}, { maxBytes: 3_000, projection: ["n_workers"] });
    expect(rest).toEqual([]);
    expect(page?.items).toEqual(Array.from({ length: 50 }, (_, n) => `{"n_workers":${n}}`));
  });

  test("continue among entities with the same time", async () => {
    const population = await populated(
      2,
      makeSamples(700, () => ({ timestamp: 1_700_000_000.25 })),
    );
    for (const filter of [{ schedd: "SCHEDD1" }, { timestamp: 1_700_000_000.25 }]) {
      const pages = await fetchAllPages(population, filter, { maxBytes: 20_000 });
      expect(uuidsOn(pages)).toEqual(fullScan(population, {}));
    }
  });

  test("continue with the exact time", async () => {
    const times = [0, 1, 2].map((step) => 1_700_000_000.125 + step * 2 ** -22);
    const population = await populated(
      3,
      makeSamples(3, (n) => ({ timestamp: times[2 - n]! })),
    );
    const pages = await fetchAllPages(population, {}, { maxBytes: 1 });
    expect(uuidsOn(pages)).toEqual(fullScan(population, {}));
  });

  test("omit index entries without a record", async () => {
    const samples = makeSamples(20);
    const population = await populated(2, samples);
    const load = population.load.bind(population);
    population.load = async function* (kind, ids) {
      let index = 0;
      for await (const text of load(kind, ids)) yield index++ % 2 === 0 ? undefined : text;
    };
    const pages = await fetchAllPages(population, {}, { maxBytes: 1_000 });
    expect(uuidsOn(pages)).toEqual(samples.filter((one) => one.n_workers % 2 === 1).map((one) => one.taskforce_uuid));
  });
});

describe("a query reads the smallest index", () => {
  const loadedBy = async (population: TaskforcePopulation, query: Record<string, unknown>): Promise<number> => {
    let loaded = 0;
    const load = population.load.bind(population);
    population.load = (kind, ids) => {
      loaded += ids.length;
      return load(kind, ids);
    };
    await fetchAllPages(population, query, { maxBytes: 1e6 });
    return loaded;
  };

  test.each([
    ["one value among many", { schedd: "SCHEDD1", cluster_id: 7 }, 1],
    ["several values", { schedd: "SCHEDD1", cluster_id: { $in: [7, 8, 12_345] } }, 2],
    ["values that are clauses of an $or", { n_workers: 7, $or: [{ cluster_id: 7 }, { cluster_id: 8 }] }, 2],
    ["an id", { taskforce_uuid: idsOf(3, 5).taskforce_uuid, schedd: "SCHEDD1" }, 1],
    ["unknown and malformed ids", { taskforce_uuid: { $in: [idsOf(999, 5).taskforce_uuid, "TF-x"] } }, 0],
    ["a workflow", { workflow_id: idsOf(0, 5).workflow_id, schedd: "SCHEDD1" }, 40],
    ["nothing indexed", { n_workers: 3 }, 200],
    ["what was created in a time", { timestamp: { $gte: 1_700_000_150, $lt: 1_700_000_160 } }, 10],
    ["several indexes and a time", { schedd: "SCHEDD1", timestamp: { $gt: 1_700_000_195 } }, 4],
    ["an id of another time", { taskforce_uuid: idsOf(3, 5).taskforce_uuid, timestamp: { $gte: 1_700_000_004 } }, 0],
    ["an empty range of time", { timestamp: { $gt: 1_700_000_009, $lt: 1_700_000_002 } }, 0],
    ["null is not indexed", { cluster_id: { $in: [7, null] } }, 200],
  ])("%s", async (_, query, expected) => {
    const population = await populated(
      4,
      makeSamples(200, (n) => ({ cluster_id: n < 50 ? n : null })),
    );
    expect(await loadedBy(population, query)).toBe(expected);
  });
});

test.each([
  ["after", { query: {}, after: "nonsense" }],
  ["query.a.$foo", { query: { a: { $foo: 1 } } }],
  ["projection[0]", { query: {}, projection: ["a..b"] }],
])("an invalid %s is refused before the first read", async (field, find) => {
  const population = await populated(1, makeSamples(1));
  population.beforeLoad = () => Promise.reject(new Error("was read"));
  await expect(
    runQuery(population, "taskforce", find, { maxBytes: 1, envelope: "taskforces", meter: new WorkMeter() }),
  ).rejects.toThrow(`${field}: `);
});
