import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { createScanLimit, runQuery } from "../../../src/views/query/runQuery.js";
import { startApiFixture } from "../../api/apiFixture.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";
import { idsOf, makeSamples, TaskforcePopulation } from "./taskforcePopulation.js";

const ENTITIES = 300;

let redis: RedisClient;
let population: TaskforcePopulation;
beforeAll(async () => {
  redis = openRedis(await freshDatabase());
  population = new TaskforcePopulation(redis, 4);
  await population.putSamples(
    ...Array.from({ length: ENTITIES }, (_, n) => ({
      ...idsOf(n, 5),
      timestamp: 1_700_000_000 + n,
      schedd: `schedd-${n % 3}`,
      phase: "pre-launch" as const,
      cluster_id: null,
      job_event_log_fpath: "",
      n_workers: n,
      log: [],
      errors: {},
    })),
  );
});
afterAll(() => redis.disconnect());

const run = (query: Record<string, unknown>, maxScan: number, maxBytes = 1e6) =>
  runQuery(population, "taskforce", { query }, { maxBytes, maxScan, envelope: "taskforces" });

test("a query may read as many entities as the limit", async () => {
  expect((await run({ n_workers: -1 }, ENTITIES)).items).toEqual([]);
  expect((await run({ n_workers: ENTITIES - 1 }, ENTITIES)).items).toHaveLength(1);
});

test.each([1, 63, 64, 65, ENTITIES - 1])(
  "a query that reads more than %i entities is refused with advice",
  async (most) => {
    await expect(run({ n_workers: -1 }, most)).rejects.toMatchObject({
      kind: "invalid",
      message:
        `query: looked at ${most} entities without filling a page; name one of taskforce_uuid, workflow_id, task_id, ` +
        "schedd, phase, cluster_id, job_event_log_fpath, by a value, $eq or $in",
    });
  },
);

test("only the entities of the index count, and only until the page is full", async () => {
  expect((await run({ schedd: "schedd-1", n_workers: -1 }, ENTITIES / 3)).items).toEqual([]);
  const page = await run({}, 64, 2000);
  expect(page.items.length).toBeGreaterThan(0);
  expect(page.nextAfter).not.toBeNull();
});

describe("the product of conditions and entities is limited, too", () => {
  /** Each clause counts for itself, its two fields and the operator. */
  const clauses = (count: number) => ({
    $or: Array.from({ length: count }, (_, n) => ({ n_workers: -1 - n, phase: { $gt: "z" } })),
  });
  const longest = clauses(3_333);

  test.each([
    [1, 1_000_000],
    [20, 1_000_000],
    [21, 952_380],
    [2_000, 10_000],
    [10_000, 2_000],
  ])("%i conditions can be tested on %i of a million entities", (conditions, entities) => {
    const mayLook = createScanLimit("taskforce", conditions, 1_000_000);
    expect(mayLook(2_000_000)).toBe(entities);
    expect(() => mayLook(1)).toThrow(conditions > 20 ? `tried ${conditions} conditions on` : "looked at");
  });

  test("a filter without conditions may read all entities", () => {
    expect(createScanLimit("taskforce", 0)(1e9)).toBe(1e9);
  });

  test("the error names the limit and gives advice", async () => {
    const large = new TaskforcePopulation(openRedis(await freshDatabase()), 4);
    onTestFinished(() => large.redis.disconnect());
    await large.putSamples(...makeSamples(2_001));
    const find = (query: Record<string, unknown>) =>
      runQuery(large, "taskforce", { query }, { maxBytes: 1e6, envelope: "taskforces" });
    await expect(find(longest)).rejects.toMatchObject({
      kind: "invalid",
      message:
        "query: tried 10000 conditions on 2000 entities without filling a page; name one of taskforce_uuid, workflow_id, " +
        "task_id, schedd, phase, cluster_id, job_event_log_fpath, by a value, $eq or $in, or fewer conditions: one $in " +
        "instead of many of them",
    });
    expect((await find({ timestamp: { $gte: 1_700_000_010 }, ...clauses(3_332) })).items).toEqual([]);
    expect((await find({ ...clauses(1), taskforce_uuid: idsOf(2_000, 5).taskforce_uuid })).items).toEqual([]);
    const alternatives = Array.from({ length: 9_998 }, (_, n) => ({ n_workers: -n - 1 }));
    expect((await find({ $or: [...alternatives, { n_workers: 2_000 }] })).items).toHaveLength(1);
  });
});

test("QUERY_MAX_SCAN sets the limit, and a query beyond it is a 400", async () => {
  const scenario = await startApiFixture({ QUERY_MAX_SCAN: "3" });
  try {
    const find = (query: object) => scenario.client.post("/v1/query/workflows", { query });
    const place = scenario.nextLocation();
    for (let n = 0; n < 4; n++) await scenario.createWorkflow(place);
    expect(await find({ priority: -1 })).toMatchObject({
      status: 400,
      reason: "query: looked at 3 entities without filling a page; name one of workflow_id, by a value, $eq or $in",
    });
    expect(await find({ workflow_id: "WF-65f00000-00000000", priority: -1 })).toMatchObject({ status: 200 });
  } finally {
    await scenario.close();
  }
});
