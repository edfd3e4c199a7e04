import { beforeEach, expect, test } from "vitest";
import type { FindRequest } from "../../src/domain/requestSchemas.js";
import type { Wms } from "../../src/lifecycle/context.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { completeIndexes } from "../../src/store/completeIndexes.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { dirtyKey, type EntityKind, LAYOUT_KEY } from "../../src/store/keys.js";
import { areIndexesComplete, readOrInitializeLayout } from "../../src/store/layout.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { updateStatuses } from "../../src/store/statusUpdates.js";
import { openStore, type Store } from "../../src/store/store.js";
import { queryEntities } from "../../src/views/query/readEntities.js";
import { freshStore } from "../setup/freshStore.js";
import { findKeys } from "../setup/testRedis.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

const PARTITIONS = 4;
const PARTITION_NUMBERS = [0, 1, 2, 3];
let redis: RedisClient;
let store: Store;
beforeEach(async () => {
  ({ redis, store } = await freshStore(PARTITIONS));
  await readOrInitializeLayout(redis, PARTITIONS);
});

/** The keys of the indexes that earlier releases do not have. */
const laterIndexes = async () =>
  (await findKeys(redis, "wms:{*")).filter((key) =>
    /:ix:\w+:(deactivated|task_image|priority|errors|failures):/.test(key),
  );

async function readLaterIndexes(): Promise<Map<string, string[]>> {
  const keys = (await laterIndexes()).sort();
  return new Map(
    await Promise.all(keys.map(async (key) => [key, await redis.zrange(key, 0, "-1", "WITHSCORES")] as const)),
  );
}

/** Makes the data that of an earlier release. */
async function removeLaterIndexes(): Promise<void> {
  for (const key of await laterIndexes()) await redis.unlink(key);
  await redis.hdel(LAYOUT_KEY, "indexes");
}

const failure = encodeLogEntry({
  target_phase: "pre-launch",
  timestamp: 1_700_000_001,
  was_successful: false,
  source_event_time: null,
  source_entity: "TMS",
  context: "the MQS is down",
});

/** Workflows in all states that have an index; more than one batch of taskforces. */
async function fillStore(): Promise<void> {
  const wholes = [makeWholeWorkflow(300), ...Array.from({ length: 12 }, () => makeWholeWorkflow(3))];
  for (const [n, whole] of wholes.entries()) {
    for (const directive of whole.task_directives)
      directive.task_image = n % 2 === 0 ? `image-${n}` : "i".repeat(200 + n);
    for (const taskforce of whole.taskforces) taskforce.priority = n % 5;
    await createWholeWorkflow(store, whole, 0);
    const [first, second] = whole.taskforces;
    if (first === undefined || second === undefined) throw new Error("too few taskforces");
    await updateStatuses(store, [
      { uuid: first.taskforce_uuid, compoundStatuses: undefined, topTaskErrors: n % 2 === 0 ? { HELD: 1 } : {} },
      { uuid: second.taskforce_uuid, compoundStatuses: undefined, topTaskErrors: { HELD: 1 } },
    ]);
    await updateStatuses(store, [{ uuid: second.taskforce_uuid, compoundStatuses: undefined, topTaskErrors: {} }]);
    if (n % 4 === 0) await store.transitions.recordAttempts([first.taskforce_uuid], "pre-mq-activation", failure);
    if (n % 3 > 0)
      await store.transitions.deactivate(
        whole.workflow.workflow_id,
        n % 3 === 1 ? "ABORTED" : "FINISHED",
        1_700_000_001,
      );
  }
}

const FILTERS: [kind: EntityKind, query: FindRequest["query"], index: string][] = [
  ["workflow", { deactivated: null }, "deactivated"],
  ["workflow", { deactivated: { $ne: null } }, "deactivated"],
  ["task", { task_image: "image-2" }, "task_image"],
  ["task", { task_image: "i".repeat(203) }, "task_image"],
  ["taskforce", { priority: { $in: [3, 4] } }, "priority"],
  ["taskforce", { top_task_errors: { $ne: {} } }, "errors"],
  ["taskforce", { "phase_change_log.was_successful": false }, "failures"],
];

async function query(of: Store, kind: EntityKind, filter: FindRequest["query"]) {
  const wms = { store: of, settings: { queryMaxBytes: 1e8, queryMaxScan: 1e6 } } as Wms;
  const options = { envelope: "list", order: "oldest", caller: "test", signal: new AbortController().signal } as const;
  const { items, report } = await queryEntities(wms, kind, { query: filter }, options);
  return { items, index: report.indexes.join() };
}

const queryAll = (of: Store) => Promise.all(FILTERS.map(([kind, filter]) => query(of, kind, filter)));

test("queries of data of an earlier release are right, before and after its indexes are complete", async () => {
  await fillStore();
  const [fresh, indexes] = [await queryAll(store), await readLaterIndexes()];
  expect(fresh.map(({ index }) => index)).toEqual(FILTERS.map(([, , index]) => index));
  for (const { items } of fresh) expect(items.length).toBeGreaterThan(0);
  await removeLaterIndexes();
  for (const partition of PARTITION_NUMBERS) await redis.unlink(dirtyKey(partition));

  const upgraded = await openStore(redis, { partitions: PARTITIONS });
  const before = await queryAll(upgraded);
  expect(before.map(({ items }) => items)).toEqual(fresh.map(({ items }) => items));
  expect(before.map(({ index }) => index)).toEqual(FILTERS.map(() => "all"));

  expect(await completeIndexes(upgraded)).toBe(2 * (300 + 12 * 3) + 13);
  expect(await readLaterIndexes()).toEqual(indexes);
  // Summaries of an earlier release are in no index: all are made again.
  const dirty = await Promise.all(PARTITION_NUMBERS.map((partition) => store.summaries.dirtyCount(partition)));
  expect(dirty.reduce((sum, count) => sum + count, 0)).toBe(13);
  expect(await queryAll(upgraded)).toEqual(fresh);
  expect(await completeIndexes(upgraded)).toBeUndefined();
});

test("changes between the upgrade and the completion are in the indexes", async () => {
  await fillStore();
  await removeLaterIndexes();
  const late = makeWholeWorkflow(2);
  await createWholeWorkflow(store, late, 0);
  const [taskforce] = late.taskforces;
  await store.transitions.deactivate(late.workflow.workflow_id, "ABORTED", 1_700_000_001);
  await updateStatuses(store, [
    { uuid: taskforce!.taskforce_uuid, compoundStatuses: undefined, topTaskErrors: { HELD: 1 } },
  ]);
  await completeIndexes(store);
  const found = await queryAll(store);
  for (const [at, [kind, filter]] of FILTERS.entries()) {
    // A condition that no index helps with: this looks at everything.
    const scanned = await query(store, kind, {
      $or: [filter, { timestamp: -1, no_such_field: 1 }, { no_such_field: 1 }],
    });
    expect(scanned.index).toBe("all");
    expect(found[at]?.items).toEqual(scanned.items);
  }
});

test("an empty Redis has complete indexes from its first start on", async () => {
  expect(await areIndexesComplete(redis)).toBe(true);
  expect(await completeIndexes(store)).toBeUndefined();
});
