import { batchesOf } from "../domain/batchesOf.js";
import type { TaskforceUuid } from "../domain/ids.js";
import { scan } from "./indexes.js";
import { allEntitiesKey, configurationsKey, idOfMember, recordKey } from "./keys.js";
import { LAYOUT_VERSION, LayoutError, readLayout, writeLayoutVersion } from "./layout.js";
import { submissionJsonMembers, type TaskforceConfiguration } from "./records.js";
import type { Store } from "./store.js";
import { type HashFields, readHashes } from "./wholeWorkflows.js";
import { toStoredConfiguration, WriteBatch } from "./writeBatch.js";

/** Records of one step: it blocks Redis for a few milliseconds. */
const BATCH_SIZE = 100;

/** Converts the data of a layout to the next one. A repetition converts what an interrupted one has left. */
interface Migration {
  from: number;
  /** @param onProgress gets the number of taskforces that were looked at */
  run(store: Store, onProgress: (taskforces: number) => void): Promise<void>;
}

const MIGRATIONS: readonly Migration[] = [{ from: 1, run: shareConfigurations }];

/**
 * Converts the data of an earlier layout to that of this release, in place. The service must not run.
 *
 * @throws LayoutError for data of a later release
 */
export async function migrateLayout(store: Store, onProgress: (taskforces: number) => void): Promise<void> {
  for (;;) {
    const version = (await readLayout(store.redis))?.version ?? LAYOUT_VERSION;
    if (version === LAYOUT_VERSION) return;
    const migration = MIGRATIONS.find(({ from }) => from === version);
    if (migration === undefined)
      throw new LayoutError(`the data in this Redis has layout ${version}, which this release cannot convert`);
    await migration.run(store, onProgress);
    await writeLayoutVersion(store.redis, version + 1);
  }
}

/**
 * Layout 1 stored the configuration with each taskforce, in `doc` with its ids and its creation time, and the two parts of a
 * submission in fields of their own.
 */
async function shareConfigurations(store: Store, onProgress: (taskforces: number) => void): Promise<void> {
  let count = 0;
  for (let partition = 0; partition < store.partitions; partition++) {
    const key = allEntitiesKey(partition, "taskforce");
    for await (const flat of scan((cursor) => store.redis.zscan(key, cursor, "COUNT", BATCH_SIZE))) {
      const uuids = [...batchesOf(flat, 2)].map(([member = ""]) => idOfMember("taskforce", member));
      for (const batch of batchesOf(uuids, BATCH_SIZE)) await convertRecords(store, partition, batch);
      count += uuids.length;
      onProgress(count);
    }
  }
}

async function convertRecords(store: Store, partition: number, uuids: readonly TaskforceUuid[]): Promise<void> {
  const keys = uuids.map((uuid) => recordKey(partition, "taskforce", uuid));
  const batch = new WriteBatch(partition);
  for (const [index, fields] of (await readHashes(store.bulkRedis, keys)).entries())
    if (fields["doc"] !== undefined) convertRecord(batch, keys[index] as string, fields);
  await batch.execute(store.bulkRedis);
}

function convertRecord(batch: WriteBatch, key: string, fields: HashFields): void {
  const document = JSON.parse(fields["doc"] as string) as TaskforceConfiguration & { timestamp: number };
  const { digest, json } = toStoredConfiguration(document);
  batch.add("HSET", configurationsKey(batch.partition), digest, json);
  const values = ["configuration", digest];
  const { submit_dict = "{}", job_event_log_fpath = "", log = "" } = fields;
  if (fields["submit_dict"] !== undefined || job_event_log_fpath !== "")
    values.push(
      "submission",
      submissionJsonMembers({ submit_dict: JSON.parse(submit_dict) as Record<string, string>, job_event_log_fpath }),
    );
  // Since layout 2, the log says when a taskforce was created.
  if (Number.parseFloat(log.slice(1)) !== document.timestamp)
    values.push("created", JSON.stringify(document.timestamp));
  batch.add("HSET", key, ...values);
  batch.add("HDEL", key, "doc", "submit_dict", "job_event_log_fpath");
}
