import { READ_BATCH_BYTES } from "../domain/entityLimits.js";
import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import { readAhead } from "../domain/readAhead.js";
import type { RedisClient } from "../redis/redisClient.js";
import { WorkflowAnnotations } from "./annotations.js";
import { AuditTrail } from "./auditTrail.js";
import { IndexCompleteness } from "./completeIndexes.js";
import { Configurations } from "./configurations.js";
import { TaskforceCounts } from "./counts.js";
import { DeliveryMarks } from "./deliveryMarks.js";
import { EarlyIds } from "./earlyIds.js";
import { FieldReader } from "./fieldReader.js";
import { HandOutCounts } from "./handOutCounts.js";
import { IdempotencyClaims } from "./idempotencyClaims.js";
import { Indexes } from "./indexes.js";
import { type EntityKind, type IdByKind, KNOWN_SCHEDDS_KEY, partitionOf, recordKey } from "./keys.js";
import { readLarge } from "./largeReads.js";
import { LastPolls } from "./lastPolls.js";
import { checkLayout } from "./layout.js";
import { Pauses } from "./pauses.js";
import { ProcessRegistry } from "./processRegistry.js";
import { MqProfiles } from "./profiles.js";
import type { StoredTaskforce, TaskforceRecord, TaskRecord } from "./records.js";
import {
  createRedisOmReader,
  createSchemas,
  LARGE_FIELDS,
  PartitionRepositories,
  parseRecord,
  RECORD_FIELDS,
  type RecordByKind,
} from "./repositories.js";
import { RetentionState } from "./retentionState.js";
import { defineScripts, runScript } from "./scripts.js";
import { StrayClusters } from "./strayClusters.js";
import { Summaries } from "./summaries.js";
import { Tombstones } from "./tombstones.js";
import { Transitions } from "./transitions.js";
import { UnknownPolls } from "./unknownPolls.js";
import { Webhooks } from "./webhooks.js";

/** The stored form of each kind of entity, as reads return it. */
export interface StoredByKind extends Omit<RecordByKind, "taskforce"> {
  taskforce: StoredTaskforce;
}

/** The fields of a taskforce that its queues depend on. */
export type TaskforceQueueState = Pick<
  StoredTaskforce,
  "uuid" | "phase" | "schedd" | "priority" | "submit_failures" | "remove_failures"
>;

/** The stored parts of a hand-out of a taskforce to start. */
export interface TaskforceToStart {
  taskforce: StoredTaskforce | undefined;
  directive: TaskRecord | undefined;
  /** Whether the workflow exists and is not deactivated. */
  isWorkflowActive: boolean;
}

/** Entities in Redis. A process has one store. */
export class Store {
  readonly redis: RedisClient;
  /** For writes of megabytes, so that no small command waits for their bytes. */
  readonly bulkRedis: RedisClient;
  readonly partitions: number;
  readonly fields: FieldReader;
  readonly configurations: Configurations;
  readonly indexes: Indexes;
  readonly indexCompleteness: IndexCompleteness;
  readonly transitions: Transitions;
  readonly profiles: MqProfiles;
  readonly summaries: Summaries;
  readonly counts: TaskforceCounts;
  readonly polls: LastPolls;
  readonly unknownPolls: UnknownPolls;
  readonly handOutCounts: HandOutCounts;
  readonly strayClusters: StrayClusters;
  readonly pauses: Pauses;
  readonly audit: AuditTrail;
  readonly idempotency: IdempotencyClaims;
  readonly processes: ProcessRegistry;
  readonly deliveryMarks: DeliveryMarks;
  readonly tombstones: Tombstones;
  readonly earlyIds: EarlyIds;
  readonly annotations: WorkflowAnnotations;
  readonly retention: RetentionState;
  readonly webhooks: Webhooks;
  readonly #repositories: PartitionRepositories[];
  /** @param partitions must never change for the same data: {@link openStore} checks it */
  constructor(redis: RedisClient, partitions: number, bulk: RedisClient) {
    this.redis = redis;
    this.bulkRedis = bulk;
    this.partitions = partitions;
    for (const client of new Set([redis, bulk])) defineScripts(client);
    const schemas = Array.from({ length: partitions }, (_, partition) => createSchemas(partition));
    const readerOf = (kind: EntityKind) => createRedisOmReader((key) => this.#readHash(key, LARGE_FIELDS[kind]));
    this.#repositories = schemas.map((each) => new PartitionRepositories(each, readerOf));
    this.fields = new FieldReader(redis, bulk);
    this.configurations = new Configurations(redis, bulk);
    this.indexes = new Indexes(redis, partitions);
    this.indexCompleteness = new IndexCompleteness(redis);
    this.transitions = new Transitions(redis, partitions);
    this.profiles = new MqProfiles(redis, partitions);
    this.summaries = new Summaries(redis, partitions);
    this.counts = new TaskforceCounts(redis, partitions);
    this.polls = new LastPolls(redis);
    this.unknownPolls = new UnknownPolls(redis);
    this.handOutCounts = new HandOutCounts(redis);
    this.strayClusters = new StrayClusters(redis);
    this.pauses = new Pauses(redis);
    this.audit = new AuditTrail(redis);
    this.idempotency = new IdempotencyClaims(redis);
    this.processes = new ProcessRegistry(redis);
    this.tombstones = new Tombstones(redis, partitions);
    this.earlyIds = new EarlyIds(redis, partitions);
    this.annotations = new WorkflowAnnotations(redis, partitions);
    this.retention = new RetentionState(redis);
    this.webhooks = new Webhooks(redis);
    this.deliveryMarks = new DeliveryMarks(redis, this.processes);
  }

  /** The repositories of a partition. @throws RangeError when there is no such partition */
  repositories(partition: number): PartitionRepositories {
    const repositories = this.#repositories[partition];
    if (repositories === undefined) throw new RangeError(`no partition ${partition}`);
    return repositories;
  }

  /**
   * Any number of records with their ids, in that order; undefined where there is none. Memory holds few large records at
   * a time.
   */
  async *fetchEach<K extends EntityKind>(
    kind: K,
    ids: readonly IdByKind[K][],
  ): AsyncGenerator<[id: IdByKind[K], record: StoredByKind[K] | undefined]> {
    const places = ids.map((id) => ({ id, partition: partitionOf(id, this.partitions) }));
    let index = 0;
    for await (const chunk of readAhead(this.fields.read(kind, places, RECORD_FIELDS[kind]))) {
      for (const values of chunk) {
        const id = ids[index++] as IdByKind[K];
        const record = parseRecord(kind, values);
        yield [id, record && (await this.#complete(kind, id, record))];
      }
    }
  }

  /** One record; undefined when there is none. */
  async fetch<K extends EntityKind>(kind: K, id: IdByKind[K]): Promise<StoredByKind[K] | undefined> {
    const [record] = await this.repositories(partitionOf(id, this.partitions)).fetch(kind, [id]);
    return record && this.#complete(kind, id, record);
  }

  /** Adds the id and the configuration to a taskforce's record. */
  async #complete<K extends EntityKind>(kind: K, id: IdByKind[K], record: RecordByKind[K]): Promise<StoredByKind[K]> {
    // The compiler does not relate a generic kind to its record.
    if (kind !== "taskforce") return record as StoredByKind[K];
    return (await this.#attachConfiguration(id as TaskforceUuid, record as TaskforceRecord)) as StoredByKind[K];
  }

  /** Reads a hash. A large one comes on the connection for megabytes. @param fields that may be large */
  async #readHash(key: string, fields: readonly string[]): Promise<Record<string, string>> {
    const reply = (await runScript(this.redis, "readRecord", [key], [READ_BATCH_BYTES, ...fields])) as
      | number
      | string[];
    if (typeof reply === "number") return readLarge(this.bulkRedis, "hgetall", key);
    const hash: Record<string, string> = {};
    for (let index = 0; index < reply.length; index += 2) hash[reply[index] as string] = reply[index + 1] as string;
    return hash;
  }

  async #attachConfiguration(uuid: TaskforceUuid, record: TaskforceRecord): Promise<StoredTaskforce> {
    const partition = partitionOf(uuid, this.partitions);
    const configurationJson = await this.configurations.read(partition, record.configuration);
    return Object.assign(record, { uuid, configurationJson });
  }

  /** The fields of a taskforce that its queues depend on; undefined when there is none. */
  async fetchQueueState(uuid: TaskforceUuid): Promise<TaskforceQueueState | undefined> {
    const key = recordKey(partitionOf(uuid, this.partitions), "taskforce", uuid);
    const values = await this.redis.hmget(key, "phase", "schedd", "priority", "submit_failures", "remove_failures");
    const [phase, schedd, priority, submitFailures, removeFailures] = values;
    if (phase == null || schedd == null) return undefined;
    return {
      uuid,
      phase: phase as Phase,
      schedd,
      priority: Number(priority),
      ...(submitFailures != null && { submit_failures: Number(submitFailures) }),
      ...(removeFailures != null && { remove_failures: Number(removeFailures) }),
    };
  }

  /** Reads what a hand-out of a taskforce needs in one round trip, because every poll that finds work needs it. */
  async readTaskforceToStart(uuid: TaskforceUuid): Promise<TaskforceToStart> {
    const partition = partitionOf(uuid, this.partitions);
    const keys = [
      recordKey(partition, "taskforce", uuid),
      recordKey(partition, "workflow", workflowOf(uuid)),
      recordKey(partition, "task", taskOf(uuid)),
    ];
    const values = [READ_BATCH_BYTES, ...RECORD_FIELDS.taskforce];
    const [active, fields, doc] = (await runScript(this.redis, "readTaskforceToStart", keys, values)) as [
      active: number,
      fields?: (string | null)[],
      doc?: string | null,
    ];
    const isWorkflowActive = active === 1;
    if (fields === undefined) {
      const [taskforce, directive] = await Promise.all([
        this.fetch("taskforce", uuid),
        this.fetch("task", taskOf(uuid)),
      ]);
      return { taskforce, directive, isWorkflowActive };
    }
    const record = parseRecord("taskforce", fields);
    return {
      taskforce: record && (await this.#attachConfiguration(uuid, record)),
      directive: doc == null ? undefined : { doc },
      isWorkflowActive,
    };
  }

  /** Epoch seconds at which a taskforce entered a phase or last failed in it; undefined when it is in another phase. */
  async readPhaseSinceSeconds(uuid: TaskforceUuid, phase: Phase): Promise<number | undefined> {
    const key = recordKey(partitionOf(uuid, this.partitions), "taskforce", uuid);
    const [currentPhase, since] = await this.redis.hmget(key, "phase", "since");
    return currentPhase === phase ? Number(since) : undefined;
  }

  /** Every schedd that ever had a taskforce. */
  knownSchedds(): Promise<string[]> {
    return this.redis.smembers(KNOWN_SCHEDDS_KEY);
  }
}

/**
 * Opens the store on an empty Redis, or on the data of a store with the same number of partitions.
 *
 * @param options `bulk`: a separate client for large writes; `redis` by default
 * @throws LayoutError when the data has another number of partitions
 */
export async function openStore(
  redis: RedisClient,
  { partitions, bulk = redis }: { partitions: number; bulk?: RedisClient | undefined },
): Promise<Store> {
  await checkLayout(redis, partitions);
  return new Store(redis, partitions, bulk);
}
