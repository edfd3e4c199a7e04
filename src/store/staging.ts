import { unavailable } from "../domain/wmsError.js";
import type { WorkflowId } from "../domain/ids.js";
import { replies } from "../redis/pipelineReplies.js";
import { type Entry, enterIndexes, putRecords } from "./newEntities.js";
import { allKey, idOfMember, indexKey, memberOf, partitionOf, recordKey, stagingKey } from "./keys.js";
import type { Store } from "./store.js";

/** Records that one transaction writes without being staged: it keeps everybody else from Redis for some 10 ms. */
export const AT_ONCE = 500;
/** Records that are staged at once: putting them together keeps this process from all else for some 5 ms. */
const PIECE = 100;
/** Seconds that staging may take; after twice as many it is swept away. */
const PATIENCE = 300;

/** Redis' own clock: those who stage and those who sweep need not agree on the time. Epoch seconds. */
const clock = async (store: Store): Promise<number> => Number((await store.redis.time())[0]);

/** Whether an index by this field is left to the transaction that makes a staged workflow known: workers look into it. */
export const isEnteredLast = (field: string | undefined): boolean => field === "phase";

/**
 * Writes what nobody finds yet of a large workflow, piece by piece: records, and all indexes but one. Nobody knows its ids, and
 * a walk over an index passes over what the list of staged workflows names. The transaction that makes the workflow known takes
 * it off that list.
 *
 * @throws WmsError `unavailable` when it took so long that {@link sweepStaged} may have been at it
 */
export async function stage(store: Store, workflow: WorkflowId, entries: readonly Entry[]): Promise<void> {
  const began = await clock(store);
  const partition = partitionOf(workflow, store.partitions);
  await store.redis.zadd(stagingKey(partition), began, memberOf(workflow));
  for (let start = 0; start < entries.length; start += PIECE) {
    const chunk = entries.slice(start, start + PIECE);
    const multi = store.bulk.multi();
    await putRecords(store, multi, partition, chunk);
    await enterIndexes(multi, partition, chunk, (field) => !isEnteredLast(field));
    await multi.exec();
  }
  if ((await clock(store)) - began > PATIENCE)
    throw unavailable("the workflow is too large to be stored at the moment");
}

/**
 * Removes what was staged of workflows that never appeared, because their process died.
 *
 * @returns how many workflows that were
 */
export async function sweepStaged(store: Store, partition: number): Promise<number> {
  const longAgo = (await clock(store)) - 2 * PATIENCE;
  const members = await store.redis.zrangebyscore(stagingKey(partition), "-inf", longAgo);
  for (const member of members) await unstage(store, partition, idOfMember("workflow", member));
  return members.length;
}

async function unstage(store: Store, partition: number, workflow: WorkflowId): Promise<void> {
  for (const kind of ["taskforce", "task"] as const) {
    const ofWorkflow = indexKey(partition, kind, "workflow_id", workflow);
    for (;;) {
      const members = await store.redis.zrange(ofWorkflow, 0, String(AT_ONCE - 1));
      if (members.length === 0) break;
      const ids = members.map((member) => idOfMember(kind, member));
      const keys = ids.map((id) => recordKey(partition, kind, id));
      const schedds = kind === "taskforce" ? await scheddsOf(store, keys) : [];
      if (kind === "task") keys.push(...ids.map((id) => indexKey(partition, "taskforce", "task_id", id)));
      const multi = store.redis.multi();
      multi.unlink(...keys);
      for (const schedd of schedds) multi.zrem(indexKey(partition, kind, "schedd", schedd), ...members);
      multi.zrem(allKey(partition, kind), ...members);
      multi.zrem(ofWorkflow, ...members);
      await multi.exec();
    }
  }
  await store.redis.zrem(stagingKey(partition), memberOf(workflow));
}

async function scheddsOf(store: Store, records: readonly string[]): Promise<Set<string>> {
  const pipeline = store.redis.pipeline();
  for (const key of records) pipeline.hget(key, "schedd");
  const found = replies<string | null>(await pipeline.exec());
  return new Set(found.filter((schedd) => schedd !== null));
}
