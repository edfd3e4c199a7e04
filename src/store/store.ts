import type { TaskforceUuid } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { Configurations } from "./configurations.js";
import { Counts } from "./counts.js";
import { Idempotency } from "./idempotencyClaims.js";
import { Indexes } from "./indexes.js";
import { type IdOf, type Kind, partitionOf, recordKey, SCHEDDS_KEY } from "./keys.js";
import { checkLayout } from "./layout.js";
import { Polls } from "./lastPolls.js";
import { Profiles } from "./profiles.js";
import type { StoredTaskforce, TaskforceRecord } from "./records.js";
import { redisOmClient } from "./redisOmClient.js";
import { PartitionRepositories, type RecordOf } from "./repositories.js";
import { defineScripts } from "./scripts.js";
import { Summaries } from "./summaries.js";
import { Transitions } from "./transitions.js";

/** Records that {@link Store.fetchEach} reads at once. */
const CHUNK = 500;

/** What reading an entity of each kind gives. */
export interface StoredOf extends Omit<RecordOf, "taskforce"> {
  taskforce: StoredTaskforce;
}

/** Entities in Redis. One for a process. */
export class Store {
  readonly redis: RedisClient;
  /** For writes of megabytes: nothing that is small waits behind their bytes. */
  readonly bulk: RedisClient;
  readonly partitions: number;
  readonly indexes: Indexes;
  readonly transitions: Transitions;
  readonly configurations: Configurations;
  readonly profiles: Profiles;
  readonly summaries: Summaries;
  readonly counts: Counts;
  readonly polls: Polls;
  readonly idempotency: Idempotency;
  readonly #repositories: PartitionRepositories[];

  /** @param partitions any number, but the same for ever: {@link openStore} checks it */
  constructor(redis: RedisClient, partitions: number, bulk: RedisClient) {
    this.redis = redis;
    this.bulk = bulk;
    this.partitions = partitions;
    for (const client of new Set([redis, bulk])) defineScripts(client);
    const client = redisOmClient(redis);
    this.#repositories = Array.from({ length: partitions }, (_, p) => new PartitionRepositories(p, client));
    this.indexes = new Indexes(redis, partitions);
    this.transitions = new Transitions(redis, partitions);
    this.configurations = new Configurations(redis);
    this.profiles = new Profiles(redis, partitions);
    this.summaries = new Summaries(redis, partitions);
    this.counts = new Counts(redis, partitions);
    this.polls = new Polls(redis);
    this.idempotency = new Idempotency(redis);
  }

  /** The repositories of the partition that an id belongs to. */
  repositoriesOf(id: IdOf[Kind]): PartitionRepositories {
    const repositories = this.#repositories[partitionOf(id, this.partitions)];
    if (repositories === undefined) throw new RangeError(`no partition for ${id}`);
    return repositories;
  }

  /** One record; undefined when there is none. */
  async fetch<K extends Kind>(kind: K, id: IdOf[K]): Promise<StoredOf[K] | undefined> {
    const record = await this.repositoriesOf(id).fetch(kind, id);
    // The compiler can't tell that the kind is one and the same.
    if (kind !== "taskforce" || record === undefined) return record as StoredOf[K] | undefined;
    return this.complete(id as TaskforceUuid, record as TaskforceRecord) as Promise<StoredOf[K]>;
  }

  /** Adds to a taskforce's record what it does not say itself. */
  async complete(uuid: TaskforceUuid, record: TaskforceRecord): Promise<StoredTaskforce> {
    const text = this.configurations.textOf(partitionOf(uuid, this.partitions), record.configuration);
    return Object.assign(record, { uuid, configurationText: typeof text === "string" ? text : await text });
  }

  /** Many records, in the order of the ids; undefined where there is none. */
  fetchMany<K extends Kind>(kind: K, ids: readonly IdOf[K][]): Promise<(StoredOf[K] | undefined)[]> {
    return Promise.all(ids.map((id) => this.fetch(kind, id)));
  }

  /** Any number of records with their ids, in that order, read in pieces; undefined where there is none. */
  async *fetchEach<K extends Kind>(
    kind: K,
    ids: readonly IdOf[K][],
  ): AsyncGenerator<[id: IdOf[K], record: StoredOf[K] | undefined]> {
    for (let start = 0; start < ids.length; start += CHUNK) {
      const chunk = ids.slice(start, start + CHUNK);
      const records = await this.fetchMany(kind, chunk);
      for (const [index, id] of chunk.entries()) yield [id, records[index]];
    }
  }

  /** Epoch seconds since which a taskforce is in a phase, or last failed in it; undefined when it is elsewhere. */
  async inPhaseSince(uuid: TaskforceUuid, phase: Phase): Promise<number | undefined> {
    const key = recordKey(partitionOf(uuid, this.partitions), "taskforce", uuid);
    const [now, since] = await this.redis.hmget(key, "phase", "since");
    return now === phase ? Number(since) : undefined;
  }

  /** Every schedd that ever had a taskforce. */
  knownSchedds(): Promise<string[]> {
    return this.redis.smembers(SCHEDDS_KEY);
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
