import { unavailable } from "../domain/errors.js";
import type { WorkflowId } from "../domain/ids.js";
import { type Entry, enterIndexes, putRecords } from "./entries.js";
import { idOfMember, indexKey, memberOf, partitionOf, recordKey, stagingKey } from "./keys.js";
import type { Store } from "./store.js";

/** Records that one transaction writes without being staged: it keeps everybody else from Redis for some 10 ms. */
export const AT_ONCE = 500;
/** Records that are staged at once: putting them together keeps this process from all else for some 5 ms. */
const PIECE = 100;
/** Seconds that staging may take; after twice as many it is swept away. */
const PATIENCE = 300;

/** Redis' own clock: those who stage and those who sweep need not agree on the time. Epoch seconds. */
const clock = async (store: Store): Promise<number> => Number((await store.redis.time())[0]);

/** Whether others than the workflow itself are in a field's indexes: entering them makes an entity known. */
export const isShared = (field: string | undefined): boolean =>
  field !== "workflow_id" && field !== "task_id";

/**
 * Writes what nobody can find yet of a large workflow, piece by piece: records, and the indexes by the workflow's own ids,
 * which nobody knows. The transaction that makes it known takes it off the list of what is being staged.
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
    await enterIndexes(multi, partition, chunk, (field) => !isShared(field));
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
      if (kind === "task") keys.push(...ids.map((id) => indexKey(partition, "taskforce", "task_id", id)));
      await store.redis
        .multi()
        .unlink(...keys)
        .zrem(ofWorkflow, ...members)
        .exec();
    }
  }
  await store.redis.zrem(stagingKey(partition), memberOf(workflow));
}
