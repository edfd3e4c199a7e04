import { batchesOf } from "../domain/batchesOf.js";
import type { WorkflowId } from "../domain/ids.js";
import { unavailable } from "../domain/wmsError.js";
import { unwrapReplies } from "../redis/pipelineReplies.js";
import { allEntitiesKey, idOfMember, indexKey, memberOf, partitionOf, recordKey, stagingKey } from "./keys.js";
import { addToIndexes, type NewEntity, writeRecords } from "./newEntities.js";
import type { Store } from "./store.js";
import { WriteBatch } from "./writeBatch.js";

/** Records that one transaction writes without being staged: it keeps everybody else from Redis for some 10 ms. */
export const MAX_UNSTAGED_RECORDS = 500;
/** Records that are staged at once: putting them together keeps this process from all else for some 5 ms. */
const STAGING_BATCH_SIZE = 100;
/** Seconds that staging may take; after twice as many it is swept away. */
const STAGING_TIMEOUT_SECONDS = 300;

/** Redis' own clock: those who stage and those who sweep need not agree on the time. Epoch seconds. */
const redisTimeSeconds = async (store: Store): Promise<number> => Number((await store.redis.time())[0]);

/** Whether an index by this field is left to the transaction that makes a staged workflow known: workers look into it. */
export const isIndexedLast = (field: string | undefined): boolean => field === "phase";

/**
 * Writes what nobody finds yet of a large workflow, piece by piece: records, and all indexes but one. Nobody knows its ids, and
 * a walk over an index passes over what the list of staged workflows names. The transaction that makes the workflow known takes
 * it off that list.
 *
 * @throws WmsError `unavailable` when it took so long that {@link removeAbandonedStaging} may have been at it
 */
export async function stageRecords(store: Store, workflow: WorkflowId, entries: readonly NewEntity[]): Promise<void> {
  const startedAtSeconds = await redisTimeSeconds(store);
  const partition = partitionOf(workflow, store.partitions);
  await store.redis.zadd(stagingKey(partition), startedAtSeconds, memberOf(workflow));
  for (const entities of batchesOf(entries, STAGING_BATCH_SIZE)) {
    const batch = new WriteBatch(partition);
    await writeRecords(store, batch, entities);
    await addToIndexes(batch, entities, (field) => !isIndexedLast(field));
    await batch.execute(store.bulkRedis);
  }
  if ((await redisTimeSeconds(store)) - startedAtSeconds > STAGING_TIMEOUT_SECONDS)
    throw unavailable("the workflow is too large to be stored at the moment");
}

/**
 * Removes what was staged of workflows that never appeared, because their process died.
 *
 * @returns how many workflows that were
 */
export async function removeAbandonedStaging(store: Store, partition: number): Promise<number> {
  const cutoffSeconds = (await redisTimeSeconds(store)) - 2 * STAGING_TIMEOUT_SECONDS;
  const members = await store.redis.zrangebyscore(stagingKey(partition), "-inf", cutoffSeconds);
  for (const member of members) await removeStagedWorkflow(store, partition, idOfMember("workflow", member));
  return members.length;
}

async function removeStagedWorkflow(store: Store, partition: number, workflow: WorkflowId): Promise<void> {
  for (const kind of ["taskforce", "task"] as const) {
    const workflowIndexKey = indexKey(partition, kind, "workflow_id", workflow);
    for (;;) {
      const members = await store.redis.zrange(workflowIndexKey, 0, String(MAX_UNSTAGED_RECORDS - 1));
      if (members.length === 0) break;
      const ids = members.map((member) => idOfMember(kind, member));
      const keys = ids.map((id) => recordKey(partition, kind, id));
      const schedds = kind === "taskforce" ? await readSchedds(store, keys) : [];
      if (kind === "task") keys.push(...ids.map((id) => indexKey(partition, "taskforce", "task_id", id)));
      const multi = store.redis.multi();
      multi.unlink(...keys);
      for (const schedd of schedds) multi.zrem(indexKey(partition, kind, "schedd", schedd), ...members);
      multi.zrem(allEntitiesKey(partition, kind), ...members);
      multi.zrem(workflowIndexKey, ...members);
      await multi.exec();
    }
  }
  await store.redis.zrem(stagingKey(partition), memberOf(workflow));
}

async function readSchedds(store: Store, records: readonly string[]): Promise<Set<string>> {
  const pipeline = store.redis.pipeline();
  for (const key of records) pipeline.hget(key, "schedd");
  const found = unwrapReplies<string | null>(await pipeline.exec());
  return new Set(found.filter((schedd) => schedd !== null));
}
