import { expect, test } from "vitest";
import { newWorkflowIdIn } from "../../src/store/keys.js";
import { tombstonePlaces } from "../../src/store/tombstonePlaces.js";
import { createTombstoneWriter, type TombstoneOptions } from "../../src/store/tombstones.js";
import { freshStore } from "../setup/freshStore.js";
import { findKeys } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";

const NOON = Date.UTC(2026, 10, 30, 12) / 1000;
const PARTITIONS = 16;

async function openTombstones() {
  const { redis, store } = await freshStore(PARTITIONS);
  const add = async (ids: readonly ReturnType<typeof newWorkflowIdIn>[], more: Partial<TombstoneOptions> = {}) => {
    const commandsFor = await createTombstoneWriter(store, { file: "one.gz", now: NOON, keptDays: 365, ...more });
    const pipeline = redis.pipeline();
    for (const id of ids)
      for (const [name, ...args] of await commandsFor(id)) pipeline.call(name as string, ...args.map(String));
    await pipeline.exec();
  };
  return { redis, store, add };
}

const newId = (partition = 0, created = NOON) => newWorkflowIdIn(partition, PARTITIONS, created);

test("a tombstone names the day and the file", async () => {
  const { store, add } = await openTombstones();
  const [one, two, three, unknown] = [newId(), newId(), newId(), newId()];
  await add([one]);
  await add([two], { file: "two.gz", now: NOON + 86_400 });
  await add([three], { file: undefined });
  expect(await store.tombstones.find(one)).toEqual({ date: "2026-11-30", file: "one.gz", hasCopy: true });
  expect(await store.tombstones.find(two)).toEqual({ date: "2026-12-01", file: "two.gz", hasCopy: true });
  expect(await store.tombstones.find(three)).toEqual({ date: "2026-11-30", file: undefined, hasCopy: false });
  expect(await store.tombstones.find(unknown)).toBeUndefined();
});

test("a file has one number, also when several processes use it at once", async () => {
  const { store } = await openTombstones();
  const numbers = await Promise.all(Array.from({ length: 10 }, () => store.tombstones.numberOfFile("one.gz")));
  expect(new Set(numbers).size).toBe(1);
  const other = await store.tombstones.numberOfFile("last");
  expect(numbers).not.toContain(other);
  expect(await store.tombstones.numberOfFile("one.gz")).toBe(numbers[0]);
  const id = newId();
  const commandsFor = await createTombstoneWriter(store, { file: "last", now: NOON, keptDays: 1 });
  for (const [name, ...args] of await commandsFor(id)) await store.redis.call(name as string, ...args.map(String));
  expect((await store.tombstones.find(id))?.file).toBe("last");
});

test("tombstones expire after the last one of their time was added", async () => {
  const { redis, store, add } = await openTombstones();
  const [one, two] = [newId(0, NOON), newId(0, NOON + 1)];
  await add([one], { keptDays: 10 });
  await add([two], { keptDays: 20 });
  const [[key] = [""]] = tombstonePlaces(0, one);
  expect(await findKeys(redis, "wms:{*}:archived:*")).toEqual([key]);
  expect(await redis.ttl(key)).toBeGreaterThan(19 * 86_400);
  await add([two], { keptDays: 0.000001 });
  await waitUntil("the tombstones expire", async () => (await store.tombstones.find(one)) === undefined);
  expect(await store.tombstones.find(two)).toBeUndefined();
});

test.each([
  { perDay: 20, days: 365 },
  { perDay: 100, days: 365 },
  { perDay: 500, days: 365 },
  { perDay: 2000, days: 90 },
  { perDay: 10_000, days: 20 },
  { perDay: 20_000, days: 10 },
])("$perDay workflows a day, for $days days, take at most 40 bytes each", async ({ perDay, days }) => {
  const { redis, store, add } = await openTombstones();
  // One partition is as good as all.
  const count = Math.round((perDay * days) / PARTITIONS);
  const start = Date.UTC(2026, 0, 1) / 1000;
  const ids = Array.from({ length: count }, (_, n) => newId(0, start + (days * 86_400 * n) / count));
  await add(ids);
  let bytes = 0;
  for (const key of await findKeys(redis, "wms:{*}:archived:*")) {
    expect(await redis.object("ENCODING", key)).toMatch(/^(listpack|ziplist)$/);
    bytes += (await redis.memory("USAGE", key, "SAMPLES", 0)) ?? 0;
  }
  expect(bytes / ids.length).toBeLessThan(40);
  for (const id of [ids[0], ids.at(-1), ids[Math.floor(count / 2)]])
    expect(await store.tombstones.find(id as (typeof ids)[number])).toMatchObject({ file: "one.gz" });
});
