import type { TaskforceUuid } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { ConfigurationCache } from "./configurations.js";
import { TaskforceCounts } from "./counts.js";
import { IdempotencyClaims } from "./idempotencyClaims.js";
import { Indexes } from "./indexes.js";
import { type EntityKind, type IdByKind, KNOWN_SCHEDDS_KEY, partitionOf, recordKey } from "./keys.js";
import { LastPolls } from "./lastPolls.js";
import { checkLayout } from "./layout.js";
import { MqProfiles } from "./profiles.js";
import type { StoredTaskforce, TaskforceRecord } from "./records.js";
import { createRedisOmClient } from "./redisOmClient.js";
import { PartitionRepositories, type RecordByKind } from "./repositories.js";
import { defineScripts } from "./scripts.js";
import { Summaries } from "./summaries.js";
import { Transitions } from "./transitions.js";

/** Records that {@link Store.fetchEach} reads at once. */
const FETCH_BATCH_SIZE = 500;

/** What reading an entity of each kind gives. */
export interface StoredByKind extends Omit<RecordByKind, "taskforce"> {
  taskforce: StoredTaskforce;
}

/** Entities in Redis. One for a process. */
export class Store {
  readonly redis: RedisClient;
  /** For writes of megabytes: nothing that is small waits behind their bytes. */
  readonly bulkRedis: RedisClient;
  readonly partitions: number;
  readonly indexes: Indexes;
  readonly transitions: Transitions;
  readonly configurations: ConfigurationCache;
  readonly profiles: MqProfiles;
  readonly summaries: Summaries;
  readonly counts: TaskforceCounts;
  readonly polls: LastPolls;
  readonly idempotency: IdempotencyClaims;
  readonly #repositories: PartitionRepositories[];

  /** @param partitions any number, but the same for ever: {@link openStore} checks it */
  constructor(redis: RedisClient, partitions: number, bulk: RedisClient) {
    this.redis = redis;
    this.bulkRedis = bulk;
    this.partitions = partitions;
    for (const client of new Set([redis, bulk])) defineScripts(client);
    const client = createRedisOmClient(redis);
    this.#repositories = Array.from({ length: partitions }, (_, p) => new PartitionRepositories(p, client));
    this.indexes = new Indexes(redis, partitions);
    this.transitions = new Transitions(redis, partitions);
    this.configurations = new ConfigurationCache(redis);
    this.profiles = new MqProfiles(redis, partitions);
    this.summaries = new Summaries(redis, partitions);
    this.counts = new TaskforceCounts(redis, partitions);
    this.polls = new LastPolls(redis);
    this.idempotency = new IdempotencyClaims(redis);
  }

  /** The repositories of the partition that an id belongs to. */
  repositoriesOf(id: IdByKind[EntityKind]): PartitionRepositories {
    const repositories = this.#repositories[partitionOf(id, this.partitions)];
    if (repositories === undefined) throw new RangeError(`no partition for ${id}`);
    return repositories;
  }

  /** One record; undefined when there is none. */
  async fetch<K extends EntityKind>(kind: K, id: IdByKind[K]): Promise<StoredByKind[K] | undefined> {
    const record = await this.repositoriesOf(id).fetch(kind, id);
    // The compiler can't tell that the kind is one and the same.
    if (kind !== "taskforce" || record === undefined) return record as StoredByKind[K] | undefined;
    return this.attachConfiguration(id as TaskforceUuid, record as TaskforceRecord) as Promise<StoredByKind[K]>;
  }

  /** Adds to a taskforce's record what it does not say itself. */
  async attachConfiguration(uuid: TaskforceUuid, record: TaskforceRecord): Promise<StoredTaskforce> {
    const text = this.configurations.getJson(partitionOf(uuid, this.partitions), record.configuration);
    return Object.assign(record, { uuid, configurationJson: typeof text === "string" ? text : await text });
  }

  /** Many records, in the order of the ids; undefined where there is none. */
  fetchMany<K extends EntityKind>(kind: K, ids: readonly IdByKind[K][]): Promise<(StoredByKind[K] | undefined)[]> {
    return Promise.all(ids.map((id) => this.fetch(kind, id)));
  }

  /** Any number of records with their ids, in that order, read in pieces; undefined where there is none. */
  async *fetchEach<K extends EntityKind>(
    kind: K,
    ids: readonly IdByKind[K][],
  ): AsyncGenerator<[id: IdByKind[K], record: StoredByKind[K] | undefined]> {
    for (let start = 0; start < ids.length; start += FETCH_BATCH_SIZE) {
      const chunk = ids.slice(start, start + FETCH_BATCH_SIZE);
      const records = await this.fetchMany(kind, chunk);
      for (const [index, id] of chunk.entries()) yield [id, records[index]];
    }
  }

  /** Epoch seconds since which a taskforce is in a phase, or last failed in it; undefined when it is elsewhere. */
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
 * The store on a Redis that holds nothing yet, or what a store with as many partitions wrote.
 *
 * @param options `bulk`: a client of its own for large writes; undefined: the one for all else
 * @throws LayoutError when the data has another number of partitions
 */
export async function openStore(
  redis: RedisClient,
  { partitions, bulk = redis }: { partitions: number; bulk?: RedisClient | undefined },
): Promise<Store> {
  await checkLayout(redis, partitions);
  return new Store(redis, partitions, bulk);
}
