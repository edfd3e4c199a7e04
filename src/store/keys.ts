import { MAX_INDEX_VALUE_BYTES } from "../domain/entityLimits.js";
import { newWorkflowId, type TaskforceUuid, type TaskId, type WorkflowId } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import { sha256 } from "../domain/sha256.js";

/** The kinds of entities that have records and indexes. */
export type EntityKind = "workflow" | "task" | "taskforce";

/** The id of an entity of each kind. */
export interface IdByKind {
  workflow: WorkflowId;
  task: TaskId;
  taskforce: TaskforceUuid;
}

/** Fields of which each value has an index, by kind. `null` and `""` are not indexed. */
export const INDEXED_FIELDS = {
  workflow: [],
  task: ["workflow_id", "task_image"],
  taskforce: ["workflow_id", "task_id", "schedd", "priority", "cluster_id", "job_event_log_fpath"],
} as const satisfies Record<EntityKind, readonly string[]>;

/**
 * Indexes of states, by kind: the phase; whether and how a workflow is deactivated; taskforces with errors in
 * `top_task_errors`; taskforces with a failed entry in their log.
 */
export const STATE_INDEXES = {
  workflow: ["deactivated"],
  task: [],
  taskforce: ["phase", "errors", "failures"],
} as const satisfies Record<EntityKind, readonly string[]>;

/** Indexes of workflows by what the v1 API does not show. Filters of queries do not use them. */
export const ORIGIN_INDEXES = ["owner", "label"] as const;

/**
 * Indexes of active workflows by what their summary says: the highest severity among the findings that need attention, and
 * whether all taskforces have ended. They follow the summary. Filters of queries do not use them.
 */
export const SUMMARY_INDEXES = { attention: ["error", "warning"], ended: ["yes"] } as const;

/** The value of the index `deactivated` for a workflow that is not deactivated. */
export const ACTIVE = "ACTIVE";
/** The only value of the indexes `errors` and `failures`. */
export const YES = "yes";

/** The field that holds an entity's own id. */
export const ID_FIELD = { workflow: "workflow_id", task: "task_id", taskforce: "taskforce_uuid" } as const;

/** The prefix of each kind's ids. Keys and index members omit it to save memory. */
const ID_PREFIX = { workflow: "WF-", task: "TK-", taskforce: "TF-" } as const;

/** The member that stands for an id in an index. */
export const memberOf = (id: string): string => id.slice(3);

/** The id that an index member stands for. */
export const idOfMember = <K extends EntityKind>(kind: K, member: string): IdByKind[K] =>
  (ID_PREFIX[kind] + member) as IdByKind[K];

/** The member of the workflow that a task's or a taskforce's member belongs to. */
export const workflowMemberOf = (member: string): string => member.split("-", 2).join("-");

/**
 * FNV-1a, 32 bit. Stored data depends on the result, so it must never change.
 *
 * @param before the result for the text before this one
 */
export function fnv1a(text: string, before = 0x811c9dc5): number {
  let value = before;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/**
 * The partition of an entity, a hash of the workflow's part of the id. The entities of one workflow share a
 * partition, so every transaction and script stays within one Redis Cluster slot.
 */
export function partitionOf(id: WorkflowId | TaskId | TaskforceUuid, partitions: number): number {
  const [, time = "", random = ""] = id.split("-", 3);
  return fnv1a(`${time}-${random}`) % partitions;
}

/** Hexadecimal digits of an id that {@link newWorkflowIdIn} chooses, and the number of their values. */
const CHOSEN_DIGITS = 3;
const CHOICES = 16 ** CHOSEN_DIGITS;

/**
 * Creates a workflow id in a partition: a random one, whose last digits are changed until it lies there.
 *
 * @param epochSeconds creation time
 */
export function newWorkflowIdIn(partition: number, partitions: number, epochSeconds: number): WorkflowId {
  for (;;) {
    const id = newWorkflowId(epochSeconds);
    const stem = id.slice(0, -CHOSEN_DIGITS);
    const hashOfStem = fnv1a(memberOf(stem));
    const first = Number.parseInt(id.slice(-CHOSEN_DIGITS), 16);
    for (let tried = 0; tried < CHOICES; tried++) {
      const digits = ((first + tried) % CHOICES).toString(16).padStart(CHOSEN_DIGITS, "0");
      if (fnv1a(digits, hashOfStem) % partitions === partition) return (stem + digits) as WorkflowId;
    }
  }
}

/** The partition for the prefix of an id, as {@link partitionOf} computes it for a whole id. */
export const partitionOfText = (text: string, partitions: number): number => fnv1a(text) % partitions;

/** The prefix of every key of a partition. The braces are Redis Cluster's hash tag. */
export const partitionPrefix = (partition: number): string => `wms:{${partition}}:`;

/** The hash that holds an entity. */
export const recordKey = (partition: number, kind: EntityKind, id: string): string =>
  `${partitionPrefix(partition)}${kind}:${memberOf(id)}`;

/** The sorted set of all entities of a kind by creation time (epoch seconds). */
export const allEntitiesKey = (partition: number, kind: EntityKind): string =>
  `${partitionPrefix(partition)}ix:${kind}`;

/** Marks the digest of a long value in an index key. */
const DIGEST_PREFIX = "sha256-";

/**
 * The form of a value in an index key. A long value is replaced by its digest, because a key is sent and compared with
 * every command. So is a value that begins like a digest, so that no two values share a key.
 */
export function indexValue(value: string | number): string {
  const text = String(value);
  if (!isLongIndexValue(text)) return text;
  return `${DIGEST_PREFIX}${sha256(text).toString("base64url").slice(0, 22)}`;
}

const isLongIndexValue = (text: string): boolean =>
  text.length > MAX_INDEX_VALUE_BYTES ||
  (3 * text.length > MAX_INDEX_VALUE_BYTES && Buffer.byteLength(text) > MAX_INDEX_VALUE_BYTES) ||
  text.startsWith(DIGEST_PREFIX);

const plainIndexKey = (partition: number, kind: EntityKind, field: string, value: string | number): string =>
  `${partitionPrefix(partition)}ix:${kind}:${field}:${value}`;

/** The sorted set of the entities with one value of an indexed field; same scores as {@link allEntitiesKey}. */
export const indexKey = (partition: number, kind: EntityKind, field: string, value: string | number): string =>
  plainIndexKey(partition, kind, field, indexValue(value));

/** A key that a read may name. An earlier release stored longer ones, which a read no longer finds by their value. */
const MAX_PLAIN_VALUE_CHARS = 16 * 1024;

/**
 * The sorted sets to read for one value of an indexed field: {@link indexKey}, and for a long value also the key of an
 * earlier release, which held the value itself.
 */
export function indexKeysToRead(
  partition: number,
  kind: EntityKind,
  field: string,
  value: string | number,
): readonly string[] {
  const key = indexKey(partition, kind, field, value);
  const text = String(value);
  if (text.length > MAX_PLAIN_VALUE_CHARS || !isLongIndexValue(text)) return [key];
  return [key, plainIndexKey(partition, kind, field, text)];
}

/** What workflows can be sorted by beside their creation time. */
export const SORTED_BY = ["change", "workers"] as const;
/** One of {@link SORTED_BY}. */
export type SortedBy = (typeof SORTED_BY)[number];

/**
 * The sorted set of the workflows by their last change in epoch seconds, or by the number of their running workers. A workflow
 * without a change, or without running workers, is not in it.
 */
export const sortedWorkflowsKey = (partition: number, by: SortedBy): string =>
  `${allEntitiesKey(partition, "workflow")}:by-${by}`;

/** The keys of all sorted sets that follow the summaries of workflows. */
export const summaryIndexKeys = (partition: number): string[] => [
  ...Object.entries(SUMMARY_INDEXES).flatMap(([field, values]) =>
    values.map((value) => indexKey(partition, "workflow", field, value)),
  ),
  ...SORTED_BY.map((by) => sortedWorkflowsKey(partition, by)),
];

/** The hash `<phase> <schedd>` → number of taskforces. */
export const countsKey = (partition: number): string => `${allEntitiesKey(partition, "taskforce")}:counts`;

/** The field of {@link countsKey} for a phase and a schedd. */
export const countsField = (phase: Phase, schedd: string): string => `${phase} ${schedd}`;

/** The sorted set of the taskforces in pending-stopper with an HTCondor cluster; scores as {@link allEntitiesKey}. */
export const stoppingKey = (partition: number): string => `${allEntitiesKey(partition, "taskforce")}:stopping`;

/** Workflows whose deactivation has not reached all their taskforces yet. */
export const deactivatingKey = (partition: number): string => `${partitionPrefix(partition)}deactivating`;

/** The sorted set of large workflows in staging, which are not visible yet, by start time (epoch seconds). */
export const stagingKey = (partition: number): string => `${partitionPrefix(partition)}staging`;

/** Workflows whose summary is out of date. */
export const dirtyKey = (partition: number): string => `${partitionPrefix(partition)}dirty`;

/** The hash workflow → lease id of the workflows whose summary is being computed. */
export const summaryLeasesKey = (partition: number): string => `${partitionPrefix(partition)}summarizers`;

/** A workflow's summary, as compressed JSON text. */
export const summaryKey = (partition: number, workflow: WorkflowId): string =>
  `${partitionPrefix(partition)}summary:${memberOf(workflow)}`;

/** A workflow's history, in the form of `domain/historyText.ts`. */
export const historyKey = (partition: number, workflow: WorkflowId): string =>
  `${partitionPrefix(partition)}history:${memberOf(workflow)}`;

/** The hash workflow → comma-separated codes of its findings, of the active workflows that need attention. */
export const attentionKey = (partition: number): string => `${partitionPrefix(partition)}attention`;

/** The stream of a partition's events. */
export const eventsKey = (partition: number): string => `${partitionPrefix(partition)}events`;

/**
 * The approximate length of {@link eventsKey}: Redis keeps at least so many entries. They cover half a minute of the
 * highest load that one partition can serve, and hours or days of normal load.
 */
export const MAX_STREAM_ENTRIES = 10_000;

/** The claim or the result of a request with an idempotency key. @param name as in `KeyedRequest` */
export const idempotencyKey = (partition: number, name: string): string =>
  `${partitionPrefix(partition)}idempotency:${name}`;

/** The hash of the marks of equal requests whose responses are not delivered. @param name as in `PlainRequest` */
export const deliveryMarksKey = (partition: number, name: string): string =>
  `${partitionPrefix(partition)}undelivered:${name}`;

/** The hash digest → configuration, as JSON text, of the partition's taskforces. */
export const configurationsKey = (partition: number): string => `${partitionPrefix(partition)}configurations`;

/** The hash mqid → activated profile, as JSON text, of a workflow. */
export const profilesKey = (partition: number, workflow: WorkflowId): string =>
  `${partitionPrefix(partition)}profiles:${memberOf(workflow)}`;

/** The hash early id → stored id, of the entities that have an early id. */
export const earlyIdsKey = (partition: number): string => `${partitionPrefix(partition)}early-ids`;

/** The hash number in base 36 → name of the file to which removed workflows were written, and the reverse. */
export const ARCHIVES_KEY = "wms:archives";

/** The hash with the state of retention. The braces keep both keys in one slot of a Redis Cluster. */
export const RETENTION_KEY = "wms:{retention}";

/** The process that applies retention. It expires when the next run may begin. */
export const RETENTION_LOCK_KEY = `${RETENTION_KEY}:lock`;

/** Every schedd that ever had a taskforce. */
export const KNOWN_SCHEDDS_KEY = "wms:schedds";

/** The sorted set of schedds by the last poll of a TMS, in epoch seconds. */
export const LAST_POLLS_KEY = "wms:polls";

/** The hash schedd → number of hand-outs in a period of ten minutes. It expires. */
export const handOutCountsKey = (period: number): string => `${HAND_OUT_COUNTS_PREFIX}${period}`;

/** The beginning of all {@link handOutCountsKey}. */
export const HAND_OUT_COUNTS_PREFIX = "wms:hand-outs:";

/** The hash schedd → its first and last poll, of polled schedds that are not known. It expires. */
export const UNKNOWN_POLLS_KEY = "wms:{polls}:unknown";

/** The hash id → stray cluster, as JSON text. The braces keep both keys in one slot of a Redis Cluster. */
export const STRAY_CLUSTERS_KEY = "wms:{stray-clusters}";

/** The sorted set of the ids of stray clusters by their last report, in epoch seconds. */
export const STRAY_REPORTS_KEY = `${STRAY_CLUSTERS_KEY}:last`;

/** The braces keep all keys of webhooks in one slot of a Redis Cluster. */
const WEBHOOKS_PREFIX = "wms:{webhooks}:";

/** The hash id → webhook, as JSON text with its secret. */
export const WEBHOOKS_KEY = `${WEBHOOKS_PREFIX}registered`;

/** The hash subject of a caller → number of webhooks. */
export const WEBHOOK_OWNERS_KEY = `${WEBHOOKS_PREFIX}owners`;

/** A counter that changes with each registration and removal. */
export const WEBHOOK_VERSION_KEY = `${WEBHOOKS_PREFIX}version`;

/** The list of the last outcomes of a webhook's deliveries, as JSON texts. */
export const webhookOutcomesKey = (id: string): string => `${WEBHOOKS_PREFIX}outcomes:${id}`;

/** The stream of the last acts of operators. */
export const AUDIT_KEY = "wms:audit";

/** The hash queue → JSON of the operator who paused it, and when. */
export const PAUSES_KEY = "wms:pauses";

/** The ids of the processes of the service. The braces keep all their keys in one slot of a Redis Cluster. */
export const PROCESSES_KEY = "wms:{processes}";

/** The last heartbeat of a process, as JSON text. It expires. */
export const processKey = (id: string): string => `${PROCESSES_KEY}:${id}`;

/** The hash with the layout's version and the number of partitions, which must not change between starts. */
export const LAYOUT_KEY = "wms:layout";
