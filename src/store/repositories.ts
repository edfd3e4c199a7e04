import { type InferSchema, type RedisConnection, Repository, Schema } from "redis-om";
import type { Phase } from "../domain/phases.js";
import type { Deactivation } from "../domain/workflow.js";
import { type EntityKind, memberOf, partitionPrefix } from "./keys.js";

/** A field of a hash, and the type of its value: redis-om infers no types from the definitions of a schema. */
interface RecordField<T extends string | number> {
  type: T extends number ? "number" : "string";
  /** Never set. */
  valueType?: T;
}
type RecordFields = Record<string, RecordField<string> | RecordField<number>>;
type RecordDefinition = Record<"required" | "optional", RecordFields>;

type ValueOf<F> = F extends RecordField<infer T> ? T : never;
type RecordOf<D extends RecordDefinition> = { [F in keyof D["required"]]: ValueOf<D["required"][F]> } & {
  [F in keyof D["optional"]]?: ValueOf<D["optional"][F]>;
};

const text = <T extends string = string>() => ({ type: "string" }) as RecordField<T>;
const number: RecordField<number> = { type: "number" };

/** The fields of each kind's hash. `scripts/prelude.lua` lists the fields of a taskforce that scripts change. */
const RECORD_DEFINITIONS = {
  workflow: {
    required: {
      /** JSON. */
      doc: text(),
      /** The number of message queues. Without any, activation does not call the MQS. */
      n_queues: number,
    },
    optional: {
      deactivated: text<Deactivation>(),
      /** Epoch seconds. */
      deactivated_ts: number,
      /** 1 once the MQS activated the queues. */
      mq_activated: number,
      /** Who created it, as JSON. */
      creator: text(),
      /** What people write about it, as JSON. */
      annotations: text(),
    },
  },
  task: { required: { /** JSON. */ doc: text() }, optional: {} },
  taskforce: {
    required: {
      phase: text<Phase>(),
      /** The digest of its configuration. */
      configuration: text(),
      schedd: text(),
      priority: number,
      /** Epoch seconds. */
      since: text(),
      log: text(),
      n_workers: number,
    },
    optional: {
      /** Epoch seconds of the creation of an imported taskforce, if its log begins with another time. */
      created: text(),
      cluster_id: number,
      /** The condor-submit report, in the form of `submissionJsonMembers`. */
      submission: text(),
      /** JSON. */
      compound_statuses: text(),
      /** JSON. */
      top_task_errors: text(),
      /** Epoch seconds of the newest report of statuses or errors. */
      statuses_ts: text(),
      submit_failures: number,
      remove_failures: number,
      /** Leases in this phase that expired without a report, since the last report or retry. */
      expired_leases: number,
      /** Epoch seconds of the newest of them. */
      lease_expired_ts: text(),
    },
  },
} as const satisfies Record<EntityKind, RecordDefinition>;

/** redis-om keys a record `<schema name>:<id>`, so each partition has schemas of its own. */
const createSchema = <D extends RecordDefinition>(partition: number, kind: EntityKind, definition: D) =>
  new Schema<RecordOf<D>>(
    `${partitionPrefix(partition)}${kind}`,
    { ...definition.required, ...definition.optional } as ConstructorParameters<typeof Schema<RecordOf<D>>>[1],
    { dataStructure: "HASH" },
  );

/** The schemas of one partition. */
export const createSchemas = (partition: number) => ({
  workflow: createSchema(partition, "workflow", RECORD_DEFINITIONS.workflow),
  task: createSchema(partition, "task", RECORD_DEFINITIONS.task),
  taskforce: createSchema(partition, "taskforce", RECORD_DEFINITIONS.taskforce),
});

/** The record of each kind of entity. */
export type RecordByKind = { [K in EntityKind]: InferSchema<ReturnType<typeof createSchemas>[K]> };

/** Whether a record exists: redis-om reads a missing hash as an object without fields. */
const isStored = (kind: EntityKind, record: object): boolean => (kind === "taskforce" ? "phase" : "doc") in record;

const definitionOf = (kind: EntityKind): RecordFields => {
  const { required, optional } = RECORD_DEFINITIONS[kind];
  return { ...required, ...optional };
};
const DEFINITION_BY_KIND: Record<EntityKind, RecordFields> = {
  workflow: definitionOf("workflow"),
  task: definitionOf("task"),
  taskforce: definitionOf("taskforce"),
};

/** The fields of each kind's hash, in the order in which {@link parseRecord} expects their values. */
export const RECORD_FIELDS: Readonly<Record<EntityKind, readonly string[]>> = {
  workflow: Object.keys(DEFINITION_BY_KIND.workflow),
  task: Object.keys(DEFINITION_BY_KIND.task),
  taskforce: Object.keys(DEFINITION_BY_KIND.taskforce),
};

/** The fields of each kind's hash that may be large. */
export const LARGE_FIELDS: Readonly<Record<EntityKind, readonly string[]>> = {
  workflow: ["doc"],
  task: ["doc"],
  taskforce: ["log", "submission", "compound_statuses", "top_task_errors"],
};

/** The record that a script read. @param values null where a field is absent. @returns undefined when there is none */
export function parseRecord<K extends EntityKind>(
  kind: K,
  values: readonly (string | null)[],
): RecordByKind[K] | undefined {
  const definition = DEFINITION_BY_KIND[kind];
  const record: Record<string, string | number> = {};
  for (const [index, field] of RECORD_FIELDS[kind].entries()) {
    const value = values[index] ?? null;
    if (value !== null) record[field] = definition[field]?.type === "number" ? Number(value) : value;
  }
  // The compiler does not know that the fields are those of the definition.
  return isStored(kind, record) ? (record as unknown as RecordByKind[K]) : undefined;
}

/** The record of a hash. Fields that the schema does not name, which only scripts use, remain texts. */
export function parseFields<K extends EntityKind>(kind: K, fields: Readonly<Record<string, string>>): RecordByKind[K] {
  const definition = DEFINITION_BY_KIND[kind];
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    definition[name]?.type === "number" ? Number(value) : value,
  ]);
  // The compiler does not know that the fields are those of the definition.
  return Object.fromEntries(entries) as unknown as RecordByKind[K];
}

type HashFields = Record<string, string | number>;

/**
 * The node-redis method by which a redis-om repository reads hashes, on ioredis.
 *
 * @param readHash reads the fields of a key
 */
export const createRedisOmReader = (readHash: (key: string) => Promise<HashFields>): RedisConnection =>
  ({ hGetAll: readHash }) as unknown as RedisConnection;

/** The methods by which a redis-om repository saves a hash: `write` gets the fields, and nothing is sent to Redis. */
export function createRedisOmWriter(write: (key: string, fields: HashFields) => void): RedisConnection {
  const multi = {
    // redis-om unlinks the key before it writes. A new entity has no key yet.
    unlink: () => multi,
    hSet: (key: string, fields: HashFields) => {
      write(key, fields);
      return multi;
    },
    exec: async () => [],
  };
  return { multi: () => multi } as unknown as RedisConnection;
}

/** The repositories of one partition, on one connection. */
export class PartitionRepositories {
  readonly #schemas: ReturnType<typeof createSchemas>;
  readonly #repositories: { [K in EntityKind]: Repository<RecordByKind[K]> };

  /** @param connectionOf the connection for each kind */
  constructor(schemas: ReturnType<typeof createSchemas>, connectionOf: (kind: EntityKind) => RedisConnection) {
    this.#schemas = schemas;
    this.#repositories = {
      workflow: new Repository(schemas.workflow, connectionOf("workflow")),
      task: new Repository(schemas.task, connectionOf("task")),
      taskforce: new Repository(schemas.taskforce, connectionOf("taskforce")),
    };
  }

  /** The same repositories on another connection, such as a batch of writes. */
  on(connection: RedisConnection): PartitionRepositories {
    return new PartitionRepositories(this.#schemas, () => connection);
  }

  /** Records in the order of the ids; undefined where there is none. */
  async fetch<K extends EntityKind>(kind: K, ids: readonly string[]): Promise<(RecordByKind[K] | undefined)[]> {
    const records = await this.#repositories[kind].fetch(ids.map(memberOf));
    return records.map((record) => (isStored(kind, record) ? record : undefined));
  }

  /** Writes a new record. Only for creation: a save replaces the whole hash, so every later change is a script. */
  async save<K extends EntityKind>(kind: K, id: string, record: RecordByKind[K]): Promise<void> {
    await this.#repositories[kind].save(memberOf(id), record);
  }
}
