import { afterAll, beforeAll, expect, test } from "vitest";
import type { RedisClient } from "../../../src/redis/client.js";
import { runQuery } from "../../../src/store/query/runQuery.js";
import { startScenario } from "../../api/scenario.js";
import { openRedis } from "../../setup/address.js";
import { freshDatabase } from "../../setup/database.js";
import { idsOf, Population } from "./population.js";

const ENTITIES = 300;

let redis: RedisClient;
let population: Population;
beforeAll(async () => {
  redis = openRedis(await freshDatabase());
  population = new Population(redis, 4);
  await population.put(
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

test("a query may look at as many entities as the limit says", async () => {
  expect((await run({ n_workers: -1 }, ENTITIES)).items).toEqual([]);
  expect((await run({ n_workers: ENTITIES - 1 }, ENTITIES)).items).toHaveLength(1);
});

test.each([1, 63, 64, 65, ENTITIES - 1])(
  "one that has to look at more than %i is told what would help",
  async (most) => {
    await expect(run({ n_workers: -1 }, most)).rejects.toMatchObject({
      kind: "invalid",
      message:
        `query: looked at ${most} entities without filling a page; name one of taskforce_uuid, workflow_id, task_id, ` +
        "schedd, phase, cluster_id, job_event_log_fpath, by a value, $eq or $in",
    });
  },
);

test("only those count that an index leaves, and only until the page is full", async () => {
  expect((await run({ schedd: "schedd-1", n_workers: -1 }, ENTITIES / 3)).items).toEqual([]);
  const page = await run({}, 64, 2000);
  expect(page.items.length).toBeGreaterThan(0);
  expect(page.nextAfter).not.toBeNull();
});

test("QUERY_MAX_SCAN sets it, and the client gets a 400", async () => {
  const scenario = await startScenario({ QUERY_MAX_SCAN: "3" });
  try {
    const find = (query: object) => scenario.api.post("/v1/query/workflows", { query });
    const place = scenario.place();
    for (let n = 0; n < 4; n++) await scenario.create(place);
    expect(await find({ priority: -1 })).toMatchObject({
      status: 400,
      reason:
        "query: looked at 3 entities without filling a page; name one of workflow_id, by a value, $eq or $in",
    });
    expect(await find({ workflow_id: "WF-65f00000-00000000", priority: -1 })).toMatchObject({ status: 200 });
  } finally {
    await scenario.close();
  }
});
