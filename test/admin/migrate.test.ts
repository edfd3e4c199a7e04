import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { idOfMember, recordKey } from "../../src/store/keys.js";
import { phaseChanges } from "../../src/store/records.js";
import { openStore, type Store } from "../../src/store/store.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { type Life, live } from "../transfer/randomLives.js";
import { admin } from "./runAdmin.js";

const PARTITIONS = 16;
const LIFE: Life = {
  created: 1_700_000_000.25,
  priority: 70,
  tasks: [
    {
      image: "image",
      taskforces: [
        { schedd: "ap", steps: ["launch"], errors: {} },
        { schedd: "ap", steps: ["launch", "submit", "report"], errors: { oops: 2 } },
      ],
    },
  ],
  profiles: [],
  deactivated: "after",
};

/** Brings data into layout 1: configurations in each record, texts in logs, and fewer indexes. */
async function toFirstLayout(redis: RedisClient, store: Store): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (const member of await redis.zrange(`wms:{${partition}}:ix:taskforce`, 0, "-1")) {
      const uuid = idOfMember("taskforce", member) as TaskforceUuid;
      const stored = await store.fetch("taskforce", uuid);
      if (stored === undefined) throw new Error(uuid);
      const { taskforce_uuid, task_id, workflow_id, timestamp, priority, collector, schedd, ...rest } = JSON.parse(
        await readDocument(store, uuid),
      );
      const { pilot_config, worker_config, submit_dict, job_event_log_fpath } = rest;
      const ids = { taskforce_uuid, task_id, workflow_id, timestamp, priority, collector, schedd };
      const log = phaseChanges(stored).map((change) =>
        JSON.stringify([
          change.timestamp,
          change.target_phase,
          change.was_successful ? 1 : 0,
          change.source_event_time,
          change.source_entity,
          change.context,
        ]),
      );
      const key = recordKey(partition, "taskforce", uuid);
      await redis.hdel(key, "configuration", "submission");
      await redis.hset(key, { doc: JSON.stringify({ ...ids, pilot_config, worker_config }), log: log.join() });
      if (stored.submission !== undefined)
        await redis.hset(key, { submit_dict: JSON.stringify(submit_dict), job_event_log_fpath });
    }
    await redis.del(`wms:{${partition}}:configurations`);
  }
  for (const pattern of [
    "*:ix:*:deactivated:*",
    "*:ix:*:errors:*",
    "*:ix:*:failures:*",
    "*:ix:*:priority:*",
    "*:ix:*:task_image:*",
  ])
    for (const key of await findKeys(redis, pattern)) await redis.del(key);
  await redis.hset("wms:layout", "version", 1);
  await redis.hdel("wms:layout", "indexes");
}

async function readDocument(store: Store, uuid: TaskforceUuid): Promise<string> {
  const { taskforceJson } = await import("../../src/store/documents.js");
  const stored = await store.fetch("taskforce", uuid);
  if (stored === undefined) throw new Error(uuid);
  return taskforceJson(stored);
}

test("data of layout 1 is refused at start, and converted in place", async () => {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  const store = await openStore(redis, { partitions: PARTITIONS });
  await live(store, LIFE, 3);
  const folder = await temporaryFolder(onTestFinished);
  const linesOf = async (name: string) => {
    expect((await admin(url, ["export", join(folder, name)])).code).toBe(0);
    return (await readFile(join(folder, name), "utf8")).split("\n").slice(1, -2);
  };
  const before = await linesOf("before.ndjson");
  await toFirstLayout(redis, store);

  await expect(openStore(redis, { partitions: PARTITIONS })).rejects.toThrow(
    "the data in this Redis has layout 1, and this release works with 2; run ewms-admin migrate, or use the release that wrote it",
  );
  const refused = await admin(url, ["export", join(folder, "x")]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("run ewms-admin migrate")]);

  expect((await admin(url, ["migrate", "--dry-run"])).stdout).toBe("layout 1 would be converted to 2: 2 taskforces\n");
  await expect(openStore(redis, { partitions: PARTITIONS })).rejects.toThrow("layout 1");
  const { code, stdout } = await admin(url, ["migrate"]);
  expect([code, stdout]).toEqual([0, "layout 1 is converted to 2: 2 taskforces\n"]);
  expect(await linesOf("after.ndjson")).toEqual(before);
  expect((await admin(url, ["verify", join(folder, "before.ndjson")])).stdout).toMatch(/^0 differences/);
  expect((await admin(url, ["migrate"])).stdout).toBe("nothing to do: the data has layout 2\n");
});
