import { type TaskforceUuid, type TaskId, type WorkflowId, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";

/** The kinds of entities that have records and indexes. */
export type EntityKind = "workflow" | "task" | "taskforce";

/** The id of an entity of each kind. */
export interface IdByKind {
  workflow: WorkflowId;
  task: TaskId;
  taskforce: TaskforceUuid;
}

/** Fields that have an index, by kind. `null` and `""` are not indexed. */
export const INDEXED_FIELDS = {
  workflow: [],
  task: ["workflow_id"],
  taskforce: ["workflow_id", "task_id", "schedd", "phase", "cluster_id", "job_event_log_fpath"],
} as const satisfies Record<EntityKind, readonly string[]>;

/** The field that holds an entity's own id. */
export const ID_FIELD = { workflow: "workflow_id", task: "task_id", taskforce: "taskforce_uuid" } as const;

/** Every id begins with two letters and a dash; keys and index members do without: memory counts there. */
const ID_PREFIX = { workflow: "WF-", task: "TK-", taskforce: "TF-" } as const;

/** The member that stands for an id in an index. */
export const memberOf = (id: string): string => id.slice(3);

/** The id that an index member stands for. */
export const idOfMember = <K extends EntityKind>(kind: K, member: string): IdByKind[K] =>
  (ID_PREFIX[kind] + member) as IdByKind[K];

/** The member of the workflow that a task's or a taskforce's member belongs to. */
export const workflowMemberOf = (member: string): string => member.split("-", 2).join("-");

/** FNV-1a, 32 bit: stable across processes and releases, as stored data demands. */
function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/**
 * The partition of an entity: a hash of its workflow's part of the id, so that all that belongs to one workflow lies
 * together and every transaction and script stays within one Redis Cluster slot.
 */
export function partitionOf(id: WorkflowId | TaskId | TaskforceUuid, partitions: number): number {
  const [, time = "", random = ""] = id.split("-", 3);
  return fnv1a(`${time}-${random}`) % partitions;
}

/** The partition of what begins with a text, as {@link partitionOf} an entity. */
export const partitionOfText = (text: string, partitions: number): number => fnv1a(text) % partitions;

/** What every key of a partition begins with. The braces are Redis Cluster's hash tag. */
export const partitionPrefix = (partition: number): string => `wms:{${partition}}:`;

/** The prefix of the keys of all records of a kind; scripts append a member to it. */
export const recordPrefix = (partition: number, kind: EntityKind): string => `${partitionPrefix(partition)}${kind}:`;

/** The hash that holds an entity. */
export const recordKey = (partition: number, kind: EntityKind, id: string): string =>
  recordPrefix(partition, kind) + memberOf(id);

/** The sorted set of all entities of a kind by creation time (epoch seconds). */
export const allEntitiesKey = (partition: number, kind: EntityKind): string =>
  `${partitionPrefix(partition)}ix:${kind}`;

/** The sorted set of the entities with one value of an indexed field; same scores as {@link allEntitiesKey}. */
export const indexKey = (partition: number, kind: EntityKind, field: string, value: string | number): string =>
  `${partitionPrefix(partition)}ix:${kind}:${field}:${value}`;

/** The hash `<phase> <schedd>` → number of taskforces; scripts know it as the index of taskforces with `:counts` behind. */
export const countsKey = (partition: number): string => `${allEntitiesKey(partition, "taskforce")}:counts`;

/** The field of {@link countsKey} for a phase and a schedd. */
export const countsField = (phase: Phase, schedd: string): string => `${phase} ${schedd}`;

/**
 * The sorted set of the taskforces that wait to be stopped: in pending-stopper and with an HTCondor cluster; same scores as
 * {@link allEntitiesKey}, and known to scripts as {@link countsKey} is. Most in that phase have no cluster, and stay for ever.
 */
export const stoppingKey = (partition: number): string => `${allEntitiesKey(partition, "taskforce")}:stopping`;

/** Workflows whose deactivation has not reached all their taskforces yet. */
export const deactivatingKey = (partition: number): string => `${partitionPrefix(partition)}deactivating`;

/** Large workflows that are being written and have not appeared yet, by the time (epoch seconds) when that began. */
export const stagingKey = (partition: number): string => `${partitionPrefix(partition)}staging`;

/** Workflows whose summary is out of date. */
export const dirtyKey = (partition: number): string => `${partitionPrefix(partition)}dirty`;

/** The hash of the workflows whose summary is in the making → the turn in which it is made. */
export const summaryLeasesKey = (partition: number): string => `${partitionPrefix(partition)}summarizers`;

/** A workflow's summary, as JSON text. */
export const summaryKey = (partition: number, workflow: WorkflowId): string =>
  `${partitionPrefix(partition)}summary:${memberOf(workflow)}`;

/** The stream of a partition's events; scripts find it by what all keys of the partition begin with. */
export const eventsKey = (partition: number): string => `${partitionPrefix(partition)}events`;

/**
 * About how many entries {@link eventsKey} keeps; Redis lets it have some more, never fewer. Half a minute of the hardest work
 * that one partition can do, hours or days of usual one.
 */
export const MAX_STREAM_ENTRIES = 10_000;

/** What lies at a request that takes effect once: its claim, or what it made. @param name as in `IdempotentRequest` */
export const idempotencyKey = (partition: number, name: string): string =>
  `${partitionPrefix(partition)}idempotency:${name}`;

/** The hash digest → configuration, as JSON text, of the partition's taskforces. */
export const configurationsKey = (partition: number): string => `${partitionPrefix(partition)}configurations`;

/** The hash mqid → activated profile, as JSON text, of a workflow. */
export const profilesKey = (partition: number, workflow: WorkflowId): string =>
  `${partitionPrefix(partition)}profiles:${memberOf(workflow)}`;

/** The keys that scripts over one taskforce need. */
export interface TaskforceKeys {
  record: string;
  workflow: string;
  index: string;
  dirty: string;
}

/** @see TaskforceKeys */
export function taskforceKeys(uuid: TaskforceUuid, partitions: number): TaskforceKeys {
  const partition = partitionOf(uuid, partitions);
  return {
    record: recordKey(partition, "taskforce", uuid),
    workflow: recordKey(partition, "workflow", workflowOf(uuid)),
    index: allEntitiesKey(partition, "taskforce"),
    dirty: dirtyKey(partition),
  };
}

/** Every schedd that ever had a taskforce. */
export const KNOWN_SCHEDDS_KEY = "wms:schedds";

/** Schedds by when a TMS last asked for work for them, in epoch seconds. */
export const LAST_POLLS_KEY = "wms:polls";

/** What must not change between starts: the layout's version and the number of partitions. */
export const LAYOUT_KEY = "wms:layout";
