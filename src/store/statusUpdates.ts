import { batchesOf } from "../domain/batchesOf.js";
import { groupBy } from "../domain/groupBy.js";
import type { TaskforceUuid } from "../domain/ids.js";
import type { CompoundStatuses, TopTaskErrors } from "../domain/taskforce.js";
import { nextEpochSeconds } from "../domain/time.js";
import { dirtyKey, memberOf, partitionOf } from "./keys.js";
import { runScript } from "./scripts.js";
import type { Store } from "./store.js";

/** New statuses of one taskforce; `undefined` keeps the stored value. */
export interface StatusUpdate {
  uuid: TaskforceUuid;
  compoundStatuses: CompoundStatuses | undefined;
  topTaskErrors: TopTaskErrors | undefined;
}

/** Taskforces for each run of the script, because a long script blocks Redis. */
const STATUS_BATCH_SIZE = 250;

/**
 * Replaces statuses of many taskforces, one script for each partition and batch.
 *
 * @returns the taskforces that exist
 */
export async function updateStatuses(store: Store, updates: readonly StatusUpdate[]): Promise<Set<TaskforceUuid>> {
  const found = new Set<TaskforceUuid>();
  const runs = [...groupBy(updates, ({ uuid }) => partitionOf(uuid, store.partitions))].flatMap(([partition, mine]) =>
    [...batchesOf(mine, STATUS_BATCH_SIZE)].map(async (batch) => {
      const values = batch.flatMap(({ uuid, compoundStatuses, topTaskErrors }) => [
        memberOf(uuid),
        JSON.stringify(compoundStatuses) ?? "",
        JSON.stringify(topTaskErrors) ?? "",
      ]);
      const keys = [dirtyKey(partition)];
      const now = JSON.stringify(nextEpochSeconds());
      const flags = (await runScript(store.redis, "updateStatuses", keys, [now, ...values])) as number[];
      for (const [index, { uuid }] of batch.entries()) if (flags[index] === 1) found.add(uuid);
    }),
  );
  await Promise.all(runs);
  return found;
}
