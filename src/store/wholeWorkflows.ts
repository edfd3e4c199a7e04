import { isDeepStrictEqual } from "node:util";
import { batchesOf } from "../domain/batchesOf.js";
import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import { type RedisClient, unwrapReplies } from "../redis/redisClient.js";
import {
  deactivatingKey,
  historyKey,
  idOfMember,
  indexKey,
  memberOf,
  partitionOf,
  profilesKey,
  recordKey,
} from "./keys.js";
import { runScript } from "./scripts.js";
import type { Store } from "./store.js";

/** The fields of a hash in Redis. */
export type HashFields = Readonly<Record<string, string>>;

/** A taskforce as it is stored. */
export interface StoredTaskforceFields {
  uuid: TaskforceUuid;
  fields: HashFields;
  /** The taskforce's configuration as JSON text. */
  configurationJson: string;
}

/** A workflow with all that belongs to it, as it is stored. */
export interface StoredWorkflow {
  id: WorkflowId;
  fields: HashFields;
  /** In the order of the request. */
  tasks: { id: TaskId; fields: HashFields }[];
  /** Oldest first. */
  taskforces: StoredTaskforceFields[];
  /** mqid → activated profile as JSON text. */
  profiles: HashFields;
  /** Whether its deactivation has not reached all taskforces yet. */
  isDeactivating: boolean;
  /** Empty when it has none. */
  history: string;
}

/** Task directives and taskforces that one script reads. It blocks Redis for about 5 ms. */
const MAX_RECORDS_PER_SCRIPT = 500;
/** Records that one round trip reads. */
const RECORDS_PER_BATCH = 100;
/** Times that a large workflow is read in the hope that it does not change. */
const MAX_READS = 4;

type Read = Omit<StoredWorkflow, "id" | "taskforces"> & {
  taskforces: Omit<StoredTaskforceFields, "configurationJson">[];
};

/**
 * Reads a workflow and all that belongs to it as it was at one instant.
 *
 * A large workflow is read in batches until two reads in a row are equal, because one script would block Redis. If it
 * changes all the time, one script reads it nevertheless.
 *
 * @returns undefined when there is no such workflow
 */
export async function readWholeWorkflow(store: Store, id: WorkflowId): Promise<StoredWorkflow | undefined> {
  const read = (await readAtOnce(store, id, MAX_RECORDS_PER_SCRIPT)) ?? (await readLargeWorkflow(store, id));
  if (read === "missing") return undefined;
  const partition = partitionOf(id, store.partitions);
  const digests = new Set(read.taskforces.map(({ fields }) => fields["configuration"] as string));
  await store.configurations.prefetch(partition, digests);
  const taskforces: StoredTaskforceFields[] = [];
  for (const taskforce of read.taskforces) {
    const text = store.configurations.read(partition, taskforce.fields["configuration"] as string);
    taskforces.push({ ...taskforce, configurationJson: typeof text === "string" ? text : await text });
  }
  return { ...read, id, taskforces };
}

async function readLargeWorkflow(store: Store, id: WorkflowId): Promise<Read | "missing"> {
  let last: Read | undefined;
  for (let reads = 0; reads < MAX_READS; reads++) {
    const read = await readInBatches(store, id);
    if (read === undefined) return "missing";
    if (isDeepStrictEqual(read, last)) return read;
    last = read;
  }
  return (await readAtOnce(store, id, Number.MAX_SAFE_INTEGER)) as Read | "missing";
}

/** @returns undefined when there are more task directives and taskforces than allowed */
async function readAtOnce(store: Store, id: WorkflowId, maxRecords: number): Promise<Read | "missing" | undefined> {
  const partition = partitionOf(id, store.partitions);
  const keys = [
    recordKey(partition, "workflow", id),
    indexKey(partition, "task", "workflow_id", id),
    indexKey(partition, "taskforce", "workflow_id", id),
    profilesKey(partition, id),
    deactivatingKey(partition),
    historyKey(partition, id),
  ];
  const reply = (await runScript(store.bulkRedis, "readWorkflow", keys, [memberOf(id), maxRecords])) as ReadReply;
  if (reply.length === 0) return "missing";
  if (reply.length === 1) return undefined;
  const [, fields, profiles, isDeactivating, history, taskMembers, tasks, taskforceMembers, taskforces] = reply;
  return {
    fields: toFields(fields),
    profiles: toFields(profiles),
    isDeactivating: isDeactivating === 1,
    history,
    tasks: taskMembers.map((member, index) => ({
      id: idOfMember("task", member),
      fields: toFields(tasks[index] as string[]),
    })),
    taskforces: taskforceMembers.map((member, index) => ({
      uuid: idOfMember("taskforce", member),
      fields: toFields(taskforces[index] as string[]),
    })),
  };
}

type ReadReply =
  | []
  | [count: number]
  | [
      zero: number,
      fields: string[],
      profiles: string[],
      isDeactivating: number,
      history: string,
      taskMembers: string[],
      tasks: string[][],
      taskforceMembers: string[],
      taskforces: string[][],
    ];

async function readInBatches({ bulkRedis, indexes, partitions }: Store, id: WorkflowId): Promise<Read | undefined> {
  const partition = partitionOf(id, partitions);
  const [fields, profiles, isDeactivating, history, tasks, taskforces] = await Promise.all([
    bulkRedis.hgetall(recordKey(partition, "workflow", id)),
    bulkRedis.hgetall(profilesKey(partition, id)),
    bulkRedis.sismember(deactivatingKey(partition), memberOf(id)),
    bulkRedis.get(historyKey(partition, id)),
    indexes.tasksOf(id),
    indexes.taskforcesOf(id),
  ]);
  if (Object.keys(fields).length === 0) return undefined;
  const taskFields = await readHashes(
    bulkRedis,
    tasks.map((task) => recordKey(partition, "task", task)),
  );
  const taskforceFields = await readHashes(
    bulkRedis,
    taskforces.map((uuid) => recordKey(partition, "taskforce", uuid)),
  );
  return {
    fields,
    profiles,
    isDeactivating: isDeactivating === 1,
    history: history ?? "",
    tasks: tasks.map((task, index) => ({ id: task, fields: taskFields[index] as HashFields })),
    taskforces: taskforces.map((uuid, index) => ({ uuid, fields: taskforceFields[index] as HashFields })),
  };
}

/** The fields of hashes, in the order of the keys; none where there is no hash. */
export async function readHashes(redis: RedisClient, keys: readonly string[]): Promise<HashFields[]> {
  const hashes: HashFields[] = [];
  for (const batch of batchesOf(keys, RECORDS_PER_BATCH)) {
    const pipeline = redis.pipeline();
    for (const key of batch) pipeline.hgetall(key);
    hashes.push(...unwrapReplies<HashFields>(await pipeline.exec()));
  }
  return hashes;
}

function toFields(flat: readonly string[]): HashFields {
  const fields: Record<string, string> = {};
  for (let index = 0; index < flat.length; index += 2) fields[flat[index] as string] = flat[index + 1] as string;
  return fields;
}
