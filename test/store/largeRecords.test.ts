import { expect, test } from "vitest";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import {
  configurationsKey,
  indexKey,
  indexKeysToRead,
  indexValue,
  partitionOf,
  recordKey,
} from "../../src/store/keys.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { RECORD_FIELDS } from "../../src/store/repositories.js";
import { openStore } from "../../src/store/store.js";
import { ownStore } from "../setup/ownStore.js";
import { waitUntil } from "../setup/waitFor.js";
import { advance } from "./advance.js";
import { readRecords } from "./readRecords.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

const entry = encodeLogEntry({
  target_phase: "condor-submit",
  timestamp: 1_700_000_001,
  was_successful: true,
  source_event_time: null,
  source_entity: "TMS",
  context: "",
});

test("records are read in batches of 1 MiB, one batch ahead", async () => {
  const { redis, store } = await ownStore(1);
  const whole = makeWholeWorkflow(12);
  await createWholeWorkflow(store, whole, 0);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  for (const uuid of uuids)
    await redis.hset(recordKey(0, "taskforce", uuid), "top_task_errors", `{"${"x".repeat(300_000)}":1}`);
  /** Records in the replies of reads, and how many reads were sent. */
  const batches: number[] = [];
  let sent = 0;
  const commands = redis as unknown as Record<string, (...given: unknown[]) => Promise<string[]>>;
  const { wms_readFields: readFields } = commands;
  commands["wms_readFields"] = async (...given) => {
    sent++;
    const values = await readFields!.apply(redis, given);
    batches.push(values.length / RECORD_FIELDS.taskforce.length);
    return values;
  };
  const found: string[] = [];
  for await (const [uuid, record] of store.fetchEach("taskforce", uuids)) {
    expect(record?.top_task_errors?.length).toBe(300_006);
    if (found.length === 0) await waitUntil("the next batch is read", () => sent === 2);
    found.push(uuid);
  }
  expect(found).toEqual(uuids);
  expect(batches).toEqual([3, 3, 3, 3]);
});

test("records that an earlier release stored are read whatever their size", async () => {
  const { redis, store } = await ownStore(2);
  const whole = makeWholeWorkflow(20);
  await createWholeWorkflow(store, whole, 0);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const [first, second] = uuids as [TaskforceUuid, TaskforceUuid];
  const text = "ü".repeat(3_000_000);
  for (const uuid of [first, second])
    await redis.hset(recordKey(partitionOf(uuid, 2), "taskforce", uuid), "top_task_errors", `{"${text}":1}`);
  for (const [index, record] of (await readRecords(store, "taskforce", uuids)).entries()) {
    expect(record?.uuid).toBe(uuids[index]);
    expect(record?.top_task_errors?.length).toBe(index < 2 ? text.length + 6 : undefined);
  }
});

test("a hand-out reads records and configurations of any size", async () => {
  const { redis, store } = await ownStore(1);
  const whole = makeWholeWorkflow(1);
  await createWholeWorkflow(store, whole, 0);
  const uuid = whole.taskforces[0]?.taskforce_uuid as TaskforceUuid;
  const record = recordKey(0, "taskforce", uuid);
  const log = `[1700000000,0,1,null,7,"${"x".repeat(5_000_000)}"]`;
  await redis.hset(record, "log", log);
  const configuration = JSON.stringify({
    pilot_config: { environment: { A: "y".repeat(5_000_000) } },
    worker_config: {},
  });
  await redis.hset(configurationsKey(0), (await redis.hget(record, "configuration"))!, configuration);
  const { taskforce, directive, isWorkflowActive } = await (
    await openStore(redis, { partitions: 1 })
  ).readTaskforceToStart(uuid);
  expect(taskforce?.log.length).toBe(log.length);
  expect(taskforce?.configurationJson.length).toBe(configuration.length);
  expect(directive?.doc).toBe((await store.fetch("task", whole.task_directives[0]!.task_id))?.doc);
  expect(isWorkflowActive).toBe(true);
});

test("a workflow of few large records is written in several scripts, and appears at once", async () => {
  const { redis, store } = await ownStore(1);
  const whole = makeWholeWorkflow(10);
  for (const [index, taskforce] of whole.taskforces.entries())
    taskforce.pilot_config = { ...taskforce.pilot_config, environment: { A: "x".repeat(900_000 + index) } };
  await createWholeWorkflow(store, whole, 0);
  expect(await redis.zcard("wms:{0}:staging")).toBe(0);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const sizes = (await readRecords(store, "taskforce", uuids)).map((record) => record?.configurationJson.length ?? 0);
  expect(Math.min(...sizes)).toBeGreaterThan(900_000);
});

test("index keys hold the digest of a long value", async () => {
  const { redis, store } = await ownStore(1);
  const whole = makeWholeWorkflow(1);
  await createWholeWorkflow(store, whole, 0);
  const uuid = whole.taskforces[0]?.taskforce_uuid as TaskforceUuid;
  await advance(store.transitions, uuid, "pre-mq-activation", "pre-launch", entry);
  await advance(store.transitions, uuid, "pre-launch", "pending-starter", entry);
  const path = `/scratch/${"ü".repeat(4000)}`;
  const report = { cluster_id: 7, n_workers: 1, submit_dict: {}, job_event_log_fpath: path };
  await store.transitions.recordSubmit(uuid, report, { submitted: entry, deactivated: entry });
  const key = indexKey(0, "taskforce", "job_event_log_fpath", path);
  expect(key).toMatch(/job_event_log_fpath:sha256-[\w-]{22}$/);
  expect(await redis.zcard(key)).toBe(1);
  const keys = await redis.keys("wms:*");
  expect(Math.max(...keys.map(({ length }) => length))).toBeLessThan(200);
});

test("no two values share an index key, and reads also find the key of an earlier release", () => {
  expect(indexValue("x".repeat(128))).toBe("x".repeat(128));
  expect(indexValue(17)).toBe("17");
  const digest = indexValue("x".repeat(129));
  expect(digest).toMatch(/^sha256-[\w-]{22}$/);
  expect(indexValue(digest)).not.toBe(digest);
  expect(indexValue("ü".repeat(65))).toMatch(/^sha256-/);
  expect(indexKeysToRead(0, "taskforce", "schedd", "short")).toEqual(["wms:{0}:ix:taskforce:schedd:short"]);
  const long = "y".repeat(500);
  expect(indexKeysToRead(0, "taskforce", "schedd", long)).toEqual([
    indexKey(0, "taskforce", "schedd", long),
    `wms:{0}:ix:taskforce:schedd:${long}`,
  ]);
});
