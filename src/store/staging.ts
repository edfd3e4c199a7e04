import { batchesByBytes } from "../domain/batchesByBytes.js";
import { WRITE_BATCH_CHARS } from "../domain/entityLimits.js";
import type { WorkflowId } from "../domain/ids.js";
import { unavailable } from "../domain/wmsError.js";
import { idOfMember, memberOf, partitionOf, stagingKey } from "./keys.js";
import { removeHiddenWorkflow } from "./removal.js";
import type { Store } from "./store.js";
import { addToIndexes, charsOf, type NewEntity, WriteBatch, writeRecords } from "./writeBatch.js";

/** Records that one script writes without staging. It blocks Redis for about 10 ms. */
export const MAX_UNSTAGED_RECORDS = 500;

/** Whether new records are too many or too large for one script. */
export function needsStaging(entities: readonly NewEntity[]): boolean {
  if (entities.length > MAX_UNSTAGED_RECORDS) return true;
  return entities.reduce((chars, entity) => chars + charsOf(entity), 0) > WRITE_BATCH_CHARS;
}

/** Records in one batch of staging. Its encoding blocks this process for about 5 ms. */
const STAGING_BATCH_SIZE = 100;
/** The time limit of staging in seconds. Staged records are removed after twice that time. */
const STAGING_TIMEOUT_SECONDS = 300;

/** Epoch seconds of Redis, because the clocks of processes differ. */
const redisTimeSeconds = async (store: Store): Promise<number> => Number((await store.redis.time())[0]);

/** Whether only the last step adds taskforces to the index of this field, because workers read that index. */
export const isIndexedLast = (field: string | undefined): boolean => field === "phase";

/**
 * Writes the records of a large workflow and all indexes but one, in batches. They are not visible yet: clients do
 * not know the ids, and queries skip workflows in the set of staged ones. The last step of the creation removes the
 * workflow from that set.
 *
 * @throws WmsError `unavailable` when staging took so long that {@link removeAbandonedStaging} may have removed records
 */
export async function stageRecords(store: Store, workflow: WorkflowId, entries: readonly NewEntity[]): Promise<void> {
  const startedAtSeconds = await redisTimeSeconds(store);
  const partition = partitionOf(workflow, store.partitions);
  await store.redis.zadd(stagingKey(partition), startedAtSeconds, memberOf(workflow));
  for (const entities of batchesByBytes(entries, charsOf, WRITE_BATCH_CHARS, STAGING_BATCH_SIZE)) {
    const batch = new WriteBatch(partition);
    await writeRecords(store, batch, entities);
    await addToIndexes(batch, entities, (field) => !isIndexedLast(field));
    await batch.execute(store.bulkRedis);
  }
  if ((await redisTimeSeconds(store)) - startedAtSeconds > STAGING_TIMEOUT_SECONDS)
    throw unavailable("the workflow is too large to be stored at the moment");
}

/**
 * Removes the staged records of workflows whose process died before their creation was complete, or during their removal.
 *
 * @returns the number of these workflows
 */
export async function removeAbandonedStaging(store: Store, partition: number): Promise<number> {
  const cutoffSeconds = (await redisTimeSeconds(store)) - 2 * STAGING_TIMEOUT_SECONDS;
  const members = await store.redis.zrangebyscore(stagingKey(partition), "-inf", cutoffSeconds);
  for (const member of members) await removeHiddenWorkflow(store, idOfMember("workflow", member));
  return members.length;
}
