import { afterEach, beforeEach, expect, test } from "vitest";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { createWholeWorkflow } from "../../../src/store/creation.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { runQuery } from "../../../src/views/query/runQuery.js";
import { storedDocuments } from "../../../src/views/query/storedDocuments.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";
import { makeWholeWorkflow } from "../../store/wholeWorkflow.js";

/** Few enough that the first read of each partition returns all of its entries. */
const WORKFLOWS = 12;
const TASKS = 10;

/** Bytes of a page that none of the answers fills. */
const LARGE_PAGE = 1e9;

let redis: RedisClient;
let store: Store;
let workflow: string;
let task: string;

beforeEach(async () => {
  redis = openRedis(await freshDatabase());
});
afterEach(() => redis.disconnect());

/** Fills a store with workflows. */
async function fillStore(options: { partitions: number; workflows: number }): Promise<void> {
  store = await openStore(redis, options);
  for (let n = 0; n < options.workflows; n++) {
    const whole = makeWholeWorkflow(TASKS);
    await createWholeWorkflow(store, whole, 1);
    workflow = whole.workflow.workflow_id;
    task = whole.task_directives[0]!.task_id;
  }
  await store.indexCompleteness.read();
  // Scripts and configurations are loaded once.
  await run({ schedd: "ap" });
}

/** Runs a query. @returns how many commands it sent, and how often it waited for replies before it sent the next ones */
async function run(query: Record<string, unknown>, projection?: string[], maxBytes = LARGE_PAGE) {
  const source = await storedDocuments(store);
  const { sendCommand } = redis;
  let [commands, roundTrips, awaited] = [0, 0, 0];
  redis.sendCommand = ((...given: unknown[]) => {
    commands++;
    if (awaited++ === 0) roundTrips++;
    const reply = (sendCommand as (...all: unknown[]) => Promise<unknown>).apply(redis, given);
    const end = () => void awaited--;
    reply.then(end, end);
    return reply;
  }) as typeof sendCommand;
  try {
    const find = { query, ...(projection && { projection }) };
    const options = { maxBytes, envelope: "taskforces", meter: new WorkMeter() };
    const { items } = await runQuery(source, "taskforce", find, options);
    return { found: items.length, commands, roundTrips };
  } finally {
    redis.sendCommand = sendCommand;
  }
}

test("a query takes two round trips, whatever its conditions", async () => {
  await fillStore({ partitions: 16, workflows: WORKFLOWS });
  const all = WORKFLOWS * TASKS;
  const queries: [Record<string, unknown>, number][] = [
    [{}, all],
    [{ schedd: "ap" }, all],
    [{ schedd: "ap", phase: "pre-mq-activation" }, all],
    [{ schedd: "ap", phase: { $ne: "condor-rm" }, priority: { $in: [50, 60] }, n_workers: 1 }, all],
    [{ schedd: "ap", phase: "pre-mq-activation", workflow_id: workflow }, TASKS],
    [{ schedd: "ap", phase: "pre-mq-activation", workflow_id: workflow, task_id: task }, 1],
    [{ schedd: "ap", n_workers: { $lt: 1 } }, 0],
  ];
  for (const [query, found] of queries)
    for (const projection of [undefined, ["taskforce_uuid", "cluster_id"]]) {
      const result = await run(query, projection);
      expect(result).toMatchObject({ found });
      expect(result.roundTrips, JSON.stringify(query)).toBeLessThanOrEqual(2);
      // One for the indexes of all partitions, and one for each hundred taskforces.
      expect(result.commands, JSON.stringify(query)).toBeLessThanOrEqual(1 + Math.ceil(found / 100) + 4);
    }
});

test("what index entries hold is read without records", async () => {
  await fillStore({ partitions: 16, workflows: WORKFLOWS });
  expect(await run({ schedd: "ap" }, ["taskforce_uuid", "workflow_id", "timestamp"])).toEqual({
    found: WORKFLOWS * TASKS,
    commands: 1,
    roundTrips: 1,
  });
});

test("a page that is full after the first read causes no other one", async () => {
  await fillStore({ partitions: 1, workflows: 60 });
  for (const query of [{}, { schedd: "ap" }, { schedd: "ap", phase: "pre-mq-activation" }])
    expect(await run(query, undefined, 8 * 1024), JSON.stringify(query)).toMatchObject({ commands: 2, roundTrips: 2 });
});
