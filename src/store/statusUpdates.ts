import { batchesByBytes } from "../domain/batchesByBytes.js";
import { nextEpochSeconds } from "../domain/clock.js";
import { WRITE_BATCH_CHARS } from "../domain/entityLimits.js";
import { groupBy } from "../domain/groupBy.js";
import type { TaskforceUuid } from "../domain/ids.js";
import type { CompoundStatuses, TopTaskErrors } from "../domain/taskforce.js";
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
  const encoded = updates.map(({ uuid, compoundStatuses, topTaskErrors }) => ({
    uuid,
    texts: [JSON.stringify(compoundStatuses) ?? "", JSON.stringify(topTaskErrors) ?? ""],
  }));
  const charsOf = ({ texts }: { texts: string[] }) => texts.reduce((chars, text) => chars + text.length, 0);
  const runs = [...groupBy(encoded, ({ uuid }) => partitionOf(uuid, store.partitions))].flatMap(([partition, mine]) =>
    [...batchesByBytes(mine, charsOf, WRITE_BATCH_CHARS, STATUS_BATCH_SIZE)].map(async (batch) => {
      const values = batch.flatMap(({ uuid, texts }) => [memberOf(uuid), ...texts]);
      const keys = [dirtyKey(partition)];
      const now = JSON.stringify(nextEpochSeconds());
      const flags = (await runScript(store.redis, "updateStatuses", keys, [now, ...values])) as number[];
      for (const [index, { uuid }] of batch.entries()) if (flags[index] === 1) found.add(uuid);
    }),
  );
  await Promise.all(runs);
  return found;
}
