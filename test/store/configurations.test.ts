import { beforeEach, expect, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { memberOf, partitionOf, recordKey } from "../../src/store/keys.js";
import type { TaskforceConfiguration } from "../../src/store/records.js";
import { parseConfiguration } from "../../src/store/records.js";
import { openStore, type Store } from "../../src/store/store.js";
import { freshStore } from "../setup/freshStore.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

let redis: RedisClient;
let store: Store;
beforeEach(async () => {
  ({ redis, store } = await freshStore(1));
});

test("equal configurations of many workflows and tasks are stored once", async () => {
  for (const tasks of [3, 2]) await createWholeWorkflow(store, makeWholeWorkflow(tasks), 0);
  const other = makeWholeWorkflow(1);
  for (const taskforce of other.taskforces) taskforce.worker_config.n_cores = 8;
  await createWholeWorkflow(store, other, 0);

  const texts = await redis.hvals("wms:{0}:configurations");
  const cores = texts.map((text) => (JSON.parse(text) as TaskforceConfiguration).worker_config.n_cores);
  expect(cores.sort()).toEqual([1, 8]);
});

test("a process reads a configuration that it has not cached", async () => {
  const { taskforces } = makeWholeWorkflow(1);
  const [taskforce] = taskforces;
  if (taskforce === undefined) throw new Error("no taskforce");
  await createWholeWorkflow(store, { ...makeWholeWorkflow(0), taskforces }, 0);
  const elsewhere = await openStore(redis, { partitions: 1 });
  for (const reader of [elsewhere, elsewhere]) {
    const stored = await reader.fetch("taskforce", taskforce.taskforce_uuid);
    const { pilot_config, worker_config } = taskforce;
    expect(stored && parseConfiguration(stored)).toEqual({ pilot_config, worker_config });
  }
});

test("reading a record whose configuration is lost throws an error that names the configuration", async () => {
  const whole = makeWholeWorkflow(1);
  const uuid = whole.taskforces[0]?.taskforce_uuid;
  if (uuid === undefined) throw new Error("no taskforce");
  await createWholeWorkflow(store, whole, 0);
  await redis.del("wms:{0}:configurations");
  await expect(store.fetch("taskforce", uuid)).rejects.toThrow(/configuration .{22} is not in partition 0/);
});

test("a new taskforce's record has the compact encoding of Redis", async () => {
  const whole = makeWholeWorkflow(1);
  const uuid = whole.taskforces[0]?.taskforce_uuid;
  if (uuid === undefined) throw new Error("no taskforce");
  await createWholeWorkflow(store, whole, 0);
  const key = recordKey(partitionOf(uuid, 1), "taskforce", uuid);
  expect(key).toContain(memberOf(uuid));
  expect(await redis.object("ENCODING", key)).toMatch(/^(listpack|ziplist)$/);
});
