import { expect, test } from "vitest";
import { openStore } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { waitUntil } from "../setup/waitFor.js";

const FACTS = { role: "web", version: "1.2.3", host: "here", pid: 7, started: 1_700_000_000 };

test("a process is alive from its first heartbeat until it leaves, or its heartbeats stay away", async () => {
  const { redis, store } = await freshStore(1);
  const { processes } = store;
  const { processes: others } = await openStore(redis, { partitions: 1 });
  expect(await processes.list()).toEqual([]);
  expect(await processes.findDead([processes.id])).toEqual([processes.id]);

  await processes.beat(FACTS);
  await others.beat({ ...FACTS, role: "worker" });
  const listed = await processes.list();
  expect(listed.map(({ id, role }) => [id, role]).toSorted()).toEqual(
    [
      [processes.id, "web"],
      [others.id, "worker"],
    ].toSorted(),
  );
  expect(listed[0]?.seen).toBeCloseTo(Date.now() / 1000, -1);
  expect(listed[0]).toMatchObject({ version: "1.2.3", host: "here", pid: 7, started: 1_700_000_000 });
  expect(await redis.pttl(`wms:{processes}:${others.id}`)).toBeGreaterThan(6000);
  expect(await processes.findDead([processes.id, others.id])).toEqual([]);

  await redis.pexpire(`wms:{processes}:${others.id}`, 1);
  await waitUntil("the heartbeat has expired", async () => (await processes.findDead([others.id])).length > 0);
  expect((await processes.list()).map(({ id }) => id)).toEqual([processes.id]);
  expect(await redis.smembers("wms:{processes}")).toEqual([processes.id]);

  await processes.leave();
  expect(await processes.list()).toEqual([]);
});
