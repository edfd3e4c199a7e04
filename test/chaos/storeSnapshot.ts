import type { TaskDirective } from "../../src/domain/taskDirective.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Workflow } from "../../src/domain/workflow.js";
import { listMasters, type RedisClient } from "../../src/redis/redisClient.js";
import { indexedOrigin, originOf } from "../../src/store/annotations.js";
import { taskforceJson, workflowJson } from "../../src/store/documents.js";
import { type EntityKind, idOfMember, recordKey, stagingKey } from "../../src/store/keys.js";
import { type StoredTaskforce, type TaskRecord, taskJson, type WorkflowRecord } from "../../src/store/records.js";
import type { Store } from "../../src/store/store.js";

/** An entity found by a scan of all keys, without the indexes. */
export interface ScannedEntity<T> {
  partition: number;
  entity: T;
}

/** All data in the store. */
export interface StoreSnapshot {
  /** With the owner and the labels, by which they are indexed. */
  workflow: Map<string, ScannedEntity<Workflow & ReturnType<typeof indexedOrigin>>>;
  task: Map<string, ScannedEntity<TaskDirective>>;
  taskforce: Map<string, ScannedEntity<Taskforce> & { record: StoredTaskforce }>;
  /** The members of each index with their scores, by key. */
  indexes: Map<string, Map<string, number>>;
}

const RECORD = /^wms:\{(\d+)\}:(workflow|task|taskforce):(.+)$/;
const INDEX = /^wms:\{\d+\}:ix:(?!taskforce:counts$)/;

/**
 * Reads every key. The store should not change meanwhile. The snapshot excludes large workflows that a crashed process
 * stored in part. The service removes them after ten minutes.
 */
export async function readStoreSnapshot(redis: RedisClient, store: Store): Promise<StoreSnapshot> {
  const snapshot: StoreSnapshot = {
    workflow: new Map(),
    task: new Map(),
    taskforce: new Map(),
    indexes: new Map(),
  };
  const staged = await stagedMembers(redis, store);
  // Ids of tasks and taskforces contain the id of their workflow.
  const isStaged = (text: string) => staged.some((member) => text.includes(member));
  for (const master of listMasters(redis))
    for await (const keys of master.scanStream({ match: "wms:*", count: 1000 }) as AsyncIterable<string[]>) {
      const known = keys.filter((key) => !isStaged(key));
      await Promise.all(known.map((key) => readKey(redis, store, snapshot, key, isStaged)));
    }
  return snapshot;
}

async function stagedMembers(redis: RedisClient, { partitions }: Store): Promise<string[]> {
  const keys = Array.from({ length: partitions }, (_, partition) => stagingKey(partition));
  return (await Promise.all(keys.map((key) => redis.zrange(key, 0, "-1")))).flat();
}

async function readKey(
  redis: RedisClient,
  store: Store,
  snapshot: StoreSnapshot,
  key: string,
  isStaged: (text: string) => boolean,
): Promise<void> {
  if (INDEX.test(key)) {
    const flat = await redis.zrange(key, 0, "-1", "WITHSCORES");
    const members = new Map<string, number>();
    for (let at = 0; at < flat.length; at += 2) {
      const member = flat[at] ?? "";
      if (!isStaged(member)) members.set(member, Number(flat[at + 1]));
    }
    snapshot.indexes.set(key, members);
    return;
  }
  const [, partition, kind, member] = RECORD.exec(key) ?? [];
  if (member !== undefined) await readRecord(store, snapshot, Number(partition), kind as EntityKind, member);
}

async function readRecord(
  store: Store,
  snapshot: StoreSnapshot,
  partition: number,
  kind: EntityKind,
  member: string,
): Promise<void> {
  const id = idOfMember(kind, member);
  const record = await store.fetch(kind, id);
  if (record === undefined) throw new Error(`${recordKey(partition, kind, id)} is not a record`);
  if (kind === "taskforce") {
    const stored = record as StoredTaskforce;
    const entity = JSON.parse(taskforceJson(stored)) as Taskforce;
    snapshot.taskforce.set(id, { partition, entity, record: stored });
  } else if (kind === "task") {
    const entity = JSON.parse(taskJson(record as TaskRecord)) as TaskDirective;
    snapshot.task.set(id, { partition, entity });
  } else {
    const stored = record as WorkflowRecord;
    const shown = JSON.parse(workflowJson(stored)) as Workflow;
    const entity = { ...shown, ...indexedOrigin(originOf(stored)) };
    snapshot.workflow.set(id, { partition, entity });
  }
}
