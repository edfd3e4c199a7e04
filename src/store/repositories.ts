import type { RedisConnection } from "redis-om";
import { type Entity, Repository, Schema } from "redis-om";
import { type EntityKind, memberOf, partitionPrefix } from "./keys.js";
import type { TaskforceRecord, TaskRecord, WorkflowRecord } from "./records.js";

/** The record of each kind of entity. */
export interface RecordByKind {
  workflow: WorkflowRecord;
  task: TaskRecord;
  taskforce: TaskforceRecord;
}

const RECORD_FIELDS = {
  workflow: {
    doc: { type: "string" },
    deactivated: { type: "string" },
    deactivated_ts: { type: "number" },
    mq_activated: { type: "number" },
    n_queues: { type: "number" },
  },
  task: { doc: { type: "string" } },
  taskforce: {
    configuration: { type: "string" },
    schedd: { type: "string" },
    priority: { type: "number" },
    phase: { type: "string" },
    since: { type: "string" },
    log: { type: "string" },
    n_workers: { type: "number" },
    cluster_id: { type: "number" },
    submission: { type: "string" },
    compound_statuses: { type: "string" },
    top_task_errors: { type: "string" },
    statuses_ts: { type: "string" },
    submit_failures: { type: "number" },
    remove_failures: { type: "number" },
  },
} as const;

/** A field that every record of a kind has. */
const REQUIRED_FIELD = { workflow: "doc", task: "doc", taskforce: "phase" } as const;

/** A taskforce's fields, in the order in which {@link parseTaskforceRecord} takes their values. */
export const TASKFORCE_FIELDS = Object.keys(RECORD_FIELDS.taskforce) as (keyof TaskforceRecord)[];

/** The record that a script read. @param values null where a field is absent. @returns undefined when there is none */
export function parseTaskforceRecord(values: readonly (string | null)[]): TaskforceRecord | undefined {
  const record: Partial<Record<keyof TaskforceRecord, string | number>> = {};
  for (const [index, field] of TASKFORCE_FIELDS.entries()) {
    const value = values[index] ?? null;
    if (value !== null) record[field] = RECORD_FIELDS.taskforce[field].type === "number" ? Number(value) : value;
  }
  // FIELDS says what is text and what a number; the types of the record can't be told from it.
  return record.phase === undefined ? undefined : (record as unknown as TaskforceRecord);
}

/** The repositories of one partition. redis-om keys a record `<schema name>:<id>`, so each partition has schemas of its own. */
export class PartitionRepositories {
  readonly #schemas: Record<EntityKind, Schema>;
  readonly #repositories: Record<EntityKind, Repository>;

  constructor(partition: number, client: RedisConnection) {
    const schema = (kind: EntityKind) =>
      new Schema(`${partitionPrefix(partition)}${kind}`, RECORD_FIELDS[kind], { dataStructure: "HASH" });
    this.#schemas = { workflow: schema("workflow"), task: schema("task"), taskforce: schema("taskforce") };
    const repository = (kind: EntityKind) => new Repository(this.#schemas[kind], client);
    this.#repositories = {
      workflow: repository("workflow"),
      task: repository("task"),
      taskforce: repository("taskforce"),
    };
  }

  /** One record; undefined when there is none (redis-om gives an object without fields then). */
  async fetch<K extends EntityKind>(kind: K, id: string): Promise<RecordByKind[K] | undefined> {
    const record = (await this.#repositories[kind].fetch(memberOf(id))) as unknown as RecordByKind[K];
    return REQUIRED_FIELD[kind] in record ? record : undefined;
  }

  /**
   * Writes a new record. Only for creation: a save replaces the whole hash, so every later change is a script.
   *
   * @param client another connection than the partition's: an open transaction, or a recorder
   */
  async save<K extends EntityKind>(
    kind: K,
    id: string,
    record: RecordByKind[K],
    client: RedisConnection,
  ): Promise<void> {
    await new Repository(this.#schemas[kind], client).save(memberOf(id), { ...record } as unknown as Entity);
  }
}
