import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TaskforceUuid } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { allEntitiesKey } from "../../../src/store/keys.js";
import { choosePlan, type IndexPlan } from "../../../src/views/query/choosePlan.js";
import { FilterCompiler } from "../../../src/views/query/filterCompiler.js";
import { findRanges } from "../../../src/views/query/indexRanges.js";
import { mergeEqualities } from "../../../src/views/query/mergeEqualities.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { planFilter } from "../../../src/views/query/plan.js";
import { chooseSources, listOptions, type Source, sourcesIn } from "../../../src/views/query/planOptions.js";
import { FilterPatterns } from "../../../src/views/query/regex.js";
import { runQuery } from "../../../src/views/query/runQuery.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";
import { uuidsOn } from "./queryPages.js";
import { idsOf, makeSamples, TaskforcePopulation } from "./taskforcePopulation.js";

let redis: RedisClient;
let population: TaskforcePopulation;
const COUNT = 400;
beforeAll(async () => {
  redis = openRedis(await freshDatabase());
  population = new TaskforcePopulation(redis, 16);
  await population.putSamples(
    ...makeSamples(COUNT, (n) => ({
      schedd: n < 50 ? "RARE" : "COMMON",
      phase: n % 2 === 0 ? "condor-complete" : "pre-launch",
      cluster_id: n,
      priority: n % 40,
      top_task_errors: n % 100 === 0 ? { HELD: 1 } : {},
      phase_change_log: [{ was_successful: n % 80 !== 0 }],
    })),
  );
});
afterAll(() => redis.disconnect());

type Filter = Record<string, unknown>;

const constraintOf = (filter: Filter, meter: WorkMeter) =>
  planFilter("taskforce", mergeEqualities(filter), new FilterCompiler(new FilterPatterns(meter), meter));

async function plan(filter: Filter, meter = new WorkMeter()): Promise<IndexPlan> {
  return choosePlan(population, "taskforce", await constraintOf(filter, meter), meter);
}

const shown = ({ sources, filters }: IndexPlan) =>
  [...sources, ...filters].map((one) => (one.by === "index" ? one.field : one.by)).sort();

async function run(query: Filter) {
  const meter = new WorkMeter();
  const page = await runQuery(population, "taskforce", { query }, { maxBytes: 1e9, envelope: "found", meter });
  return { found: uuidsOn([page]), report: page.report };
}

const uuid = (n: number): TaskforceUuid => idsOf(n, 5).taskforce_uuid;

describe("the plan of", () => {
  test.each<[Filter, string[]]>([
    [{}, ["all"]],
    [{ n_workers: 5 }, ["all"]],
    [{ phase: "condor-complete" }, ["phase"]],
    [{ phase: "condor-complete", schedd: "RARE" }, ["phase", "schedd"]],
    [{ phase: "condor-complete", schedd: "RARE", taskforce_uuid: uuid(3) }, ["ids"]],
    [{ phase: { $ne: "pending-starter" }, cluster_id: 7 }, ["cluster_id", "phase"]],
    [{ top_task_errors: { $ne: {} }, phase: "condor-complete" }, ["errors", "phase"]],
    [{ $or: [{ cluster_id: 3 }, { taskforce_uuid: uuid(5) }, { priority: 9 }] }, ["cluster_id", "ids", "priority"]],
    [{ $or: [{ cluster_id: 3 }, { n_workers: 5 }] }, ["all"]],
    [{ $or: [{ cluster_id: 3 }, { n_workers: 5 }], schedd: "RARE" }, ["schedd"]],
    [
      { $or: [{ cluster_id: 3 }, { phase: "pre-launch", $or: [{ priority: 1 }, { priority: 3, n_workers: 2 }] }] },
      ["cluster_id", "priority", "priority"],
    ],
    [{ schedd: "COMMON", $or: [{ cluster_id: 3 }, { priority: 5 }] }, ["cluster_id", "priority", "schedd"]],
    [{ $or: [{ cluster_id: 3 }, { timestamp: { $lt: 1_700_000_009 } }] }, ["all", "cluster_id"]],
  ])("%j reads %j", async (filter, indexes) => {
    expect(shown(await plan(filter))).toEqual(indexes);
  });
});

test.each<Filter>([
  { $or: [{ cluster_id: 3 }, { taskforce_uuid: uuid(5) }, { priority: 9 }, { top_task_errors: { $ne: {} } }] },
  { $or: [{ "phase_change_log.was_successful": false }, { cluster_id: 81 }, { timestamp: { $gt: 1_700_000_395 } }] },
  { $or: [{ schedd: "RARE", n_workers: { $lt: 4 } }, { cluster_id: { $in: [1, 2, 390] } }, { phase: "condor-rm" }] },
])("the union of %j finds each match once, and looks at less than all", async ({ $or }) => {
  const { found, report } = await run({ $or });
  const scanned = await run({ $or: [...($or as Filter[]), { n_workers: -1 }] });
  expect(report.indexes).not.toEqual(["all"]);
  expect(scanned.report.indexes).toEqual(["all"]);
  expect(found).toEqual(scanned.found);
  expect(report.lookedAt).toBeLessThan(COUNT / 3);
});

test("many lists of one field are intersected before any index is read", async () => {
  const common = [17, 4];
  const clauses = Array.from({ length: 2_000 }, (_, n) => ({ cluster_id: { $in: [...common, 1_000 + n, 5_000 + n] } }));
  const { found, report } = await run({ $and: clauses });
  expect(found).toEqual([uuid(4), uuid(17)]);
  expect(report).toMatchObject({ indexes: ["cluster_id"], lookedAt: 2 });
  const meter = new WorkMeter();
  const [source] = (await plan({ $and: clauses }, meter)).sources;
  expect(source).toMatchObject({ by: "index", values: new Set(common) });
});

test("clauses of a filter that name the same states read them once", async () => {
  const meter = new WorkMeter();
  const sources = Array.from(
    { length: 3_000 },
    (_, n): Source<"taskforce"> => ({
      by: "index",
      field: "phase",
      values: new Set(["pre-launch", n % 2 === 0 ? "condor-rm" : "pending-starter"]),
      created: [{ from: n, to: n + 10 }],
    }),
  );
  const ranges = await findRanges("taskforce", { sources, filters: [] }, "oldest", 2, meter);
  for (const { together } of ranges.values())
    expect(together[0]?.map(({ from, to }) => [from, to])).toEqual([
      [0, 3_009],
      [0, 3_008],
      [1, 3_009],
    ]);
});

test("a long list of values keeps its index where a scan takes more work", async () => {
  const filter = { cluster_id: { $in: Array.from({ length: 200_000 }, (_, n) => n) } };
  expect(shown(await plan(filter))).toEqual(["all"]);
  // One after another: together they would block the Redis of all tests for longer than commands may take.
  for (let partition = 0; partition < 16; partition++)
    await redis.eval(
      "for n = 1, 60000 do redis.call('ZADD', KEYS[1], n, 'none-' .. n) end",
      1,
      allEntitiesKey(partition, "taskforce"),
    );
  const meter = new WorkMeter();
  expect(shown(await plan(filter, meter))).toEqual(["cluster_id"]);
  // Only the scan was counted.
  expect(meter.work).toBeLessThan(10_000);
  for (let partition = 0; partition < 16; partition++)
    await redis.zremrangebyscore(allEntitiesKey(partition, "taskforce"), 1, 60_000);
});

test("what is not counted is not taken for small", async () => {
  const meter = new WorkMeter();
  const branches = Array.from({ length: 400 }, (_, n) => ({ timestamp: { $gt: n }, n_workers: n }));
  const options = listOptions(await constraintOf({ $or: branches }, meter));
  const uncounted = await plan({ $or: branches });
  expect([...sourcesIn(options)].length).toBeGreaterThan(400);
  expect(shown(uncounted)).toEqual(["all"]);
  expect(chooseSources(options, () => ({ ranges: 1, entities: 1 }))).toHaveLength(1);
});
