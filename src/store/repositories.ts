import { type RedisConnection, Repository } from "redis-om";
import { type EntityKind, memberOf } from "./keys.js";
import { type createSchemas, isStored, type RecordByKind } from "./recordSchemas.js";

/** The repositories of one partition, on one connection. */
export class PartitionRepositories {
  readonly #schemas: ReturnType<typeof createSchemas>;
  readonly #repositories: { [K in EntityKind]: Repository<RecordByKind[K]> };

  constructor(schemas: ReturnType<typeof createSchemas>, connection: RedisConnection) {
    this.#schemas = schemas;
    this.#repositories = {
      workflow: new Repository(schemas.workflow, connection),
      task: new Repository(schemas.task, connection),
      taskforce: new Repository(schemas.taskforce, connection),
    };
  }

  /** The same repositories on another connection, such as a batch of writes. */
  on(connection: RedisConnection): PartitionRepositories {
    return new PartitionRepositories(this.#schemas, connection);
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
