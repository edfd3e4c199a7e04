import { writeNewWorkflow } from "./creation.js";
import { addEarlyIds } from "./earlyIds.js";
import {
  belongsInStoppingIndex,
  ConfigurationCache,
  type ExportedTaskforce,
  type ExportedWorkflow,
  historyCommands,
  idsOf,
  profileCommands,
  toNewWorkflow,
  toTaskforceEntity,
  toWorkflowEntity,
} from "./exportedWorkflow.js";
import {
  countsField,
  countsKey,
  deactivatingKey,
  dirtyKey,
  KNOWN_SCHEDDS_KEY,
  memberOf,
  partitionOf,
  profilesKey,
  recordKey,
  stoppingKey,
} from "./keys.js";
import { toTaskRecord } from "./records.js";
import type { Store } from "./store.js";
import { addToIndexes, indexKeysOf, type NewEntity, WriteBatch, writeRecords } from "./writeBatch.js";

/**
 * Writes an exported workflow that the store does not have. It appears as a whole, or not at all.
 *
 * @throws WmsError `unavailable` when a large one took too long
 */
export const importWorkflow = (store: Store, exported: ExportedWorkflow): Promise<void> =>
  writeNewWorkflow(store, toNewWorkflow(exported, store.partitions));

/**
 * Replaces what differs between a stored workflow and an exported one, in one script. Nothing else may change the
 * workflow meanwhile: the script overwrites it.
 *
 * @param stored what the store holds
 * @param exported has all task directives and taskforces of the stored one
 */
export async function replaceWorkflow(
  store: Store,
  stored: ExportedWorkflow,
  exported: ExportedWorkflow,
): Promise<void> {
  const { workflow, extensions } = exported;
  const id = workflow.workflow_id;
  await store.redis.sadd(KNOWN_SCHEDDS_KEY, ...new Set(exported.taskforces.map(({ schedd }) => schedd)));
  const partition = partitionOf(id, store.partitions);
  const batch = new WriteBatch(partition);
  const written: NewEntity[] = [];

  const isSame = sameTexts(stored, exported);
  if (!isSame.workflow) {
    const entity = toWorkflowEntity(workflow, extensions.workflow);
    removeFromStore(batch, toWorkflowEntity(stored.workflow, stored.extensions.workflow));
    written.push(entity);
  }
  const knownTasks = new Set(stored.task_directives.map(({ task_id }) => task_id));
  for (const entity of exported.task_directives)
    if (!knownTasks.has(entity.task_id))
      written.push({ kind: "task", id: entity.task_id, record: toTaskRecord(entity), entity });
  const configurations = new ConfigurationCache();
  const storedTaskforces = new Map(stored.taskforces.map((taskforce) => [taskforce.taskforce_uuid, taskforce]));
  for (const taskforce of exported.taskforces) {
    const before = storedTaskforces.get(taskforce.taskforce_uuid);
    if (before !== undefined && isSame.taskforce(before, taskforce)) continue;
    const entity = toTaskforceEntity(taskforce, extensions, configurations);
    if (before !== undefined) {
      removeFromStore(batch, { ...entity, entity: before });
      countTaskforce(batch, before, -1);
    }
    written.push(entity);
    countTaskforce(batch, taskforce, 1);
    const [command, ...score] = belongsInStoppingIndex(taskforce) ? ["ZADD", taskforce.timestamp] : ["ZREM"];
    batch.add(command as string, stoppingKey(partition), ...score, memberOf(taskforce.taskforce_uuid));
  }
  await writeRecords(store, batch, written);
  await addToIndexes(batch, written);
  batch.add("DEL", profilesKey(partition, id));
  for (const command of profileCommands(partition, id, extensions)) batch.add(...command);
  // A source without a history leaves the stored one.
  for (const command of historyCommands(partition, id, extensions)) batch.add(...command);
  batch.add(extensions.deactivating ? "SADD" : "SREM", deactivatingKey(partition), memberOf(id));
  for (const command of addEarlyIds(partition, idsOf(exported))) batch.add(...command);
  batch.add("SADD", dirtyKey(partition), memberOf(id));
  await batch.execute(store.bulkRedis);
}

/** Removes a record and its entries in all indexes. */
function removeFromStore(batch: WriteBatch, entity: NewEntity): void {
  batch.add("DEL", recordKey(batch.partition, entity.kind, entity.id));
  for (const key of indexKeysOf(batch.partition, entity)) batch.add("ZREM", key, memberOf(entity.id));
}

const countTaskforce = (batch: WriteBatch, { phase, schedd }: ExportedTaskforce, by: 1 | -1): void =>
  batch.add("HINCRBY", countsKey(batch.partition), countsField(phase, schedd), by);

/** Compares documents, with what only extensions know of them, by their JSON texts. */
const sameTexts = (stored: ExportedWorkflow, exported: ExportedWorkflow) => ({
  workflow:
    JSON.stringify([stored.workflow, stored.extensions.workflow]) ===
    JSON.stringify([exported.workflow, exported.extensions.workflow]),
  taskforce: (one: ExportedTaskforce, other: ExportedTaskforce): boolean =>
    JSON.stringify([one, stored.extensions.taskforces[one.taskforce_uuid]]) ===
    JSON.stringify([other, exported.extensions.taskforces[other.taskforce_uuid]]),
});
