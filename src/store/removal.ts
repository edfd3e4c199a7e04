import { createHash } from "node:crypto";
import type { WorkflowId } from "../domain/ids.js";
import { removeEarlyId } from "./earlyIds.js";
import { indexedDocument } from "./indexedDocument.js";
import {
  attentionKey,
  deactivatingKey,
  dirtyKey,
  type EntityKind,
  historyKey,
  type IdByKind,
  idOfMember,
  indexKey,
  memberOf,
  partitionOf,
  profilesKey,
  recordKey,
  stagingKey,
  summaryIndexKeys,
  summaryKey,
  summaryLeasesKey,
} from "./keys.js";
import { runScript } from "./scripts.js";
import type { Store } from "./store.js";
import { type HashFields, readHashes, type StoredWorkflow } from "./wholeWorkflows.js";
import { indexKeysOf } from "./writeBatch.js";

/** Task directives and taskforces that one script removes. It blocks Redis for about 10 ms. */
const MAX_REMOVED_AT_ONCE = 500;

type Command = readonly (string | number)[];

/**
 * Removes a workflow with all that belongs to it, unless it has changed since it was read. One script removes it. Of a large
 * one, the script removes the workflow itself, which hides the rest from queries; reconcile continues if this process dies.
 *
 * @param commands further commands of that step, on keys of its partition
 * @returns whether it was removed
 */
export async function removeWorkflow(
  store: Store,
  { id, fields, tasks, taskforces }: StoredWorkflow,
  commands: readonly Command[] = [],
): Promise<boolean> {
  const partition = partitionOf(id, store.partitions);
  const batch = new RemovalBatch(partition);
  const key = recordKey(partition, "workflow", id);
  for (const field of ["doc", "deactivated", "annotations"]) batch.require(key, field, fields[field]);
  for (const taskforce of taskforces)
    for (const field of ["log", "statuses_ts"])
      batch.require(recordKey(partition, "taskforce", taskforce.uuid), field, taskforce.fields[field]);
  batch.addEntity("workflow", id, fields);
  batch.add("UNLINK", summaryKey(partition, id), historyKey(partition, id), profilesKey(partition, id));
  for (const set of [dirtyKey(partition), deactivatingKey(partition)]) batch.add("SREM", set, memberOf(id));
  for (const hash of [summaryLeasesKey(partition), attentionKey(partition)]) batch.add("HDEL", hash, memberOf(id));
  for (const index of summaryIndexKeys(partition)) batch.add("ZREM", index, memberOf(id));
  for (const command of commands) batch.add(...command);
  const isLarge = tasks.length + taskforces.length > MAX_REMOVED_AT_ONCE;
  if (isLarge) batch.add("ZADD", stagingKey(partition), 0, memberOf(id));
  else {
    for (const taskforce of taskforces) batch.addEntity("taskforce", taskforce.uuid, taskforce.fields);
    for (const task of tasks) batch.addEntity("task", task.id, task.fields);
  }
  if (!(await batch.execute(store))) return false;
  if (isLarge) await removeHiddenWorkflow(store, id);
  return true;
}

/** Removes the task directives and taskforces of a workflow that has no record, and its place in the set of staged ones. */
export async function removeHiddenWorkflow(store: Store, workflow: WorkflowId): Promise<void> {
  const partition = partitionOf(workflow, store.partitions);
  // The directives last, because the taskforces are found by the same index as they are.
  for (const kind of ["taskforce", "task"] as const) {
    const key = indexKey(partition, kind, "workflow_id", workflow);
    for (;;) {
      const members = await store.redis.zrange(key, 0, String(MAX_REMOVED_AT_ONCE - 1));
      if (members.length === 0) break;
      const ids = members.map((member) => idOfMember(kind, member));
      const hashes = await readHashes(
        store.bulkRedis,
        ids.map((id) => recordKey(partition, kind, id)),
      );
      const batch = new RemovalBatch(partition);
      for (const [index, id] of ids.entries()) batch.addEntity(kind, id, hashes[index] ?? {});
      // The entry of a record that is missing is in this index at least.
      batch.add("ZREM", key, ...members);
      await batch.execute(store);
    }
  }
  await store.redis.zrem(stagingKey(partition), memberOf(workflow));
}

/** What one script removes, of one partition. */
class RemovalBatch {
  readonly #partition: number;
  readonly #conditions: [key: string, field: string, sha1: string][] = [];
  readonly #taskforces: [member: string, phase: string, schedd: string][] = [];
  readonly #commands: Command[] = [];
  readonly #membersByIndex = new Map<string, string[]>();

  constructor(partition: number) {
    this.#partition = partition;
  }

  add(...command: Command): void {
    this.#commands.push(command);
  }

  /** Nothing is removed if a field of a record has another value by then. */
  require(key: string, field: string, value: string | undefined): void {
    this.#conditions.push([key, field, value === undefined ? "" : createHash("sha1").update(value).digest("hex")]);
  }

  /** Removes a record with its entries in all indexes. @param fields none when there is no record */
  addEntity<K extends EntityKind>(kind: K, id: IdByKind[K], fields: HashFields): void {
    if (Object.keys(fields).length === 0) return;
    this.add("UNLINK", recordKey(this.#partition, kind, id));
    for (const command of removeEarlyId(this.#partition, id)) this.add(...command);
    const entity = indexedDocument(kind, id, fields);
    for (const key of indexKeysOf(this.#partition, { kind, entity })) {
      const members = this.#membersByIndex.get(key) ?? [];
      this.#membersByIndex.set(key, members);
      members.push(memberOf(id));
    }
    if (kind === "taskforce")
      this.#taskforces.push([memberOf(id), fields["phase"] as string, fields["schedd"] as string]);
  }

  /** @returns false when a condition does not hold: nothing is removed then */
  async execute({ bulkRedis }: Store): Promise<boolean> {
    const removals = [...this.#membersByIndex].map(([key, members]) => ["ZREM", key, ...members]);
    const commands = [...this.#commands, ...removals].map((command) => JSON.stringify(command.map(String)));
    const values = [JSON.stringify(this.#conditions), JSON.stringify(this.#taskforces), ...commands];
    return (await runScript(bulkRedis, "removeEntities", [dirtyKey(this.#partition)], values)) === 1;
  }
}
