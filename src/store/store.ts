import { LRUCache } from "lru-cache";
import { batchesOf } from "../domain/batchesOf.js";
import { groupBy } from "../domain/groupBy.js";
import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { unwrapReplies } from "../redis/redisClient.js";
import { TaskforceCounts } from "./counts.js";
import { IdempotencyClaims } from "./idempotencyClaims.js";
import { Indexes } from "./indexes.js";
import {
  configurationsKey,
  type EntityKind,
  type IdByKind,
  KNOWN_SCHEDDS_KEY,
  partitionOf,
  recordKey,
} from "./keys.js";
import { LastPolls } from "./lastPolls.js";
import { checkLayout } from "./layout.js";
import { MqProfiles } from "./profiles.js";
import type { StoredTaskforce, TaskforceRecord, TaskRecord } from "./records.js";
import {
  createRedisOmReader,
  createSchemas,
  PartitionRepositories,
  parseTaskforceRecord,
  type RecordByKind,
  TASKFORCE_FIELDS,
} from "./repositories.js";
import { defineScripts, runScript } from "./scripts.js";
import { Summaries } from "./summaries.js";
import { Transitions } from "./transitions.js";

/** Records in one batch of {@link Store.fetchEach}. */
const FETCH_BATCH_SIZE = 500;
const MAX_CACHED_CHARACTERS = 16_000_000;

/** The stored form of each kind of entity, as reads return it. */
export interface StoredByKind extends Omit<RecordByKind, "taskforce"> {
  taskforce: StoredTaskforce;
}

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
  readonly indexes: Indexes;
  readonly transitions: Transitions;
  readonly profiles: MqProfiles;
  readonly summaries: Summaries;
  readonly counts: TaskforceCounts;
  readonly polls: LastPolls;
  readonly idempotency: IdempotencyClaims;
  readonly #repositories: PartitionRepositories[];
  /** Configurations as JSON text: the text of a digest never changes. */
  readonly #configurations = new LRUCache<string, string>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });

  /** @param partitions must never change for the same data: {@link openStore} checks it */
  constructor(redis: RedisClient, partitions: number, bulk: RedisClient) {
    this.redis = redis;
    this.bulkRedis = bulk;
    this.partitions = partitions;
    for (const client of new Set([redis, bulk])) defineScripts(client);
    const reader = createRedisOmReader(redis);
    this.#repositories = Array.from(
      { length: partitions },
      (_, partition) => new PartitionRepositories(createSchemas(partition), reader),
    );
    this.indexes = new Indexes(redis, partitions);
    this.transitions = new Transitions(redis, partitions);
    this.profiles = new MqProfiles(redis, partitions);
    this.summaries = new Summaries(redis, partitions);
    this.counts = new TaskforceCounts(redis, partitions);
    this.polls = new LastPolls(redis);
    this.idempotency = new IdempotencyClaims(redis);
  }

  /** The repositories of a partition. @throws RangeError when there is no such partition */
  repositories(partition: number): PartitionRepositories {
    const repositories = this.#repositories[partition];
    if (repositories === undefined) throw new RangeError(`no partition ${partition}`);
    return repositories;
  }

  /** One record; undefined when there is none. */
  async fetch<K extends EntityKind>(kind: K, id: IdByKind[K]): Promise<StoredByKind[K] | undefined> {
    return (await this.fetchMany(kind, [id]))[0];
  }

  /** Adds the id and the configuration to a taskforce's record. */
  async #attachConfiguration(uuid: TaskforceUuid, record: TaskforceRecord): Promise<StoredTaskforce> {
    const digest = record.configuration;
    let configurationJson = this.#configurations.get(digest) ?? null;
    if (configurationJson === null) {
      const partition = partitionOf(uuid, this.partitions);
      configurationJson = await this.redis.hget(configurationsKey(partition), digest);
      if (configurationJson === null) throw new Error(`the configuration ${digest} is not in partition ${partition}`);
      this.#configurations.set(digest, configurationJson);
    }
    return Object.assign(record, { uuid, configurationJson });
  }

  /** Reads what a hand-out of a taskforce needs in one round trip, because every poll that finds work needs it. */
  async readTaskforceToStart(uuid: TaskforceUuid): Promise<TaskforceToStart> {
    const partition = partitionOf(uuid, this.partitions);
    const keys = [
      recordKey(partition, "taskforce", uuid),
      recordKey(partition, "workflow", workflowOf(uuid)),
      recordKey(partition, "task", taskOf(uuid)),
    ];
    const [values, active, doc] = (await runScript(this.redis, "readTaskforceToStart", keys, TASKFORCE_FIELDS)) as [
      (string | null)[],
      number,
      string | null,
    ];
    const record = parseTaskforceRecord(values);
    return {
      taskforce: record && (await this.#attachConfiguration(uuid, record)),
      directive: doc === null ? undefined : { doc },
      isWorkflowActive: active === 1,
    };
  }

  /** Many records, in the order of the ids; undefined where there is none. */
  async fetchMany<K extends EntityKind>(
    kind: K,
    ids: readonly IdByKind[K][],
  ): Promise<(StoredByKind[K] | undefined)[]> {
    const found = new Map<IdByKind[K], object | undefined>();
    const reads = [...groupBy(ids, (id) => partitionOf(id, this.partitions))].map(async ([partition, mine]) => {
      const records = await this.repositories(partition).fetch(kind, mine);
      for (const [index, id] of mine.entries()) found.set(id, records[index]);
    });
    await Promise.all(reads);
    const attach = async (id: IdByKind[K]) => {
      const record = found.get(id);
      if (kind !== "taskforce" || record === undefined) return record;
      return this.#attachConfiguration(id as TaskforceUuid, record as TaskforceRecord);
    };
    // The compiler does not relate a generic kind to its record.
    return Promise.all(ids.map(attach)) as Promise<(StoredByKind[K] | undefined)[]>;
  }

  /** Any number of records with their ids, in that order, read in batches; undefined where there is none. */
  async *fetchEach<K extends EntityKind>(
    kind: K,
    ids: readonly IdByKind[K][],
  ): AsyncGenerator<[id: IdByKind[K], record: StoredByKind[K] | undefined]> {
    for (const batch of batchesOf(ids, FETCH_BATCH_SIZE)) {
      const records = await this.fetchMany(kind, batch);
      for (const [index, id] of batch.entries()) yield [id, records[index]];
    }
  }

  /** The schedds of taskforces of one workflow, in their order; undefined where there is no taskforce. */
  async readSchedds(uuids: readonly TaskforceUuid[]): Promise<(string | undefined)[]> {
    const pipeline = this.redis.pipeline();
    for (const uuid of uuids) pipeline.hget(recordKey(partitionOf(uuid, this.partitions), "taskforce", uuid), "schedd");
    return unwrapReplies<string | null>(await pipeline.exec()).map((schedd) => schedd ?? undefined);
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
