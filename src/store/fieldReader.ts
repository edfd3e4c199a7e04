import { READ_BATCH_BYTES } from "../domain/entityLimits.js";
import { isCluster, type RedisClient } from "../redis/redisClient.js";
import { type EntityKind, recordKey } from "./keys.js";
import { readLarge } from "./largeReads.js";
import { runScript } from "./scripts.js";

/** The values of some fields of a record; null where a field is absent. */
export type FieldValues = readonly (string | null)[];

/** An entity and its partition. */
export interface EntityPlace {
  readonly id: string;
  readonly partition: number;
}

/** Records that one script reads: it blocks neither Redis nor this process for more than a millisecond. */
const RECORDS_PER_SCRIPT = 100;
/** Enough for usual records: they are read in one round trip. */
const MIN_BYTES_PER_SCRIPT = 192 * 1024;

/** The fields that may have megabytes. */
const LONG_FIELDS: ReadonlySet<string> = new Set(["doc", "submission", "log", "compound_statuses", "top_task_errors"]);

/** Reads fields of many records. */
export class FieldReader {
  readonly #redis: RedisClient;
  readonly #bulkRedis: RedisClient;

  /** @param bulk the connection for megabytes */
  constructor(redis: RedisClient, bulk: RedisClient) {
    this.#redis = redis;
    this.#bulkRedis = bulk;
  }

  /**
   * Reads fields of records, in chunks of consecutive records. One round trip returns a few megabytes at most. A single
   * larger record, which an earlier release stored, is a chunk of its own.
   *
   * @param options.isBulk whether to use the connection for megabytes: on the other one, the replies of small commands
   *   would wait behind these
   */
  async *read(
    kind: EntityKind,
    places: readonly EntityPlace[],
    fields: readonly string[],
    { isBulk = false }: { isBulk?: boolean } = {},
  ): AsyncGenerator<FieldValues[]> {
    const redis = isBulk ? this.#bulkRedis : this.#redis;
    const lanes: Lane[] = [];
    /** The lane that takes the next record, for each slot of a Redis Cluster. */
    const openLanes = new Map<number, Lane>();
    const laneOfEach = places.map(({ id, partition }) => {
      const slot = isCluster(this.#redis) ? partition : 0;
      let lane = openLanes.get(slot);
      if (lane === undefined || lane.keys.length === RECORDS_PER_SCRIPT) {
        lane = new Lane(fields.length);
        lanes.push(lane);
        openLanes.set(slot, lane);
      }
      lane.keys.push(recordKey(partition, kind, id));
      return lane;
    });
    const maxBytes = Math.max(MIN_BYTES_PER_SCRIPT, Math.ceil(READ_BATCH_BYTES / lanes.length));
    let chunk: FieldValues[] = [];
    for (const lane of laneOfEach) {
      if (lane.isEmpty) {
        if (chunk.length > 0) yield chunk;
        chunk = [];
        const emptyLanes = lanes.filter((each) => each.isEmpty && each.hasUnread);
        await Promise.all(emptyLanes.map((each) => fill(each, redis, fields, maxBytes)));
      }
      if (lane.isEmpty) yield [await readLarge<FieldValues>(this.#bulkRedis, "hmget", lane.takeKey(), ...fields)];
      else chunk.push(lane.takeValues());
    }
    if (chunk.length > 0) yield chunk;
  }
}

/** Reads the next records of a lane. It stays empty when the first of them is too large. */
async function fill(lane: Lane, redis: RedisClient, fields: readonly string[], maxBytes: number): Promise<void> {
  const long = fields.filter((field) => LONG_FIELDS.has(field));
  const reply = await runScript(redis, "readFields", lane.unreadKeys(), [maxBytes, long.length, ...long, ...fields]);
  if (typeof reply !== "number") lane.add(reply as (string | null)[]);
}

/** Records that one script reads, and the values that are read ahead. */
class Lane {
  readonly keys: string[] = [];
  readonly #width: number;
  /** The number of keys whose values are read. */
  #readCount = 0;
  #values: (string | null)[] = [];
  #at = 0;

  /** @param width the number of fields */
  constructor(width: number) {
    this.#width = width;
  }

  get isEmpty(): boolean {
    return this.#at === this.#values.length;
  }

  get hasUnread(): boolean {
    return this.#readCount < this.keys.length;
  }

  unreadKeys(): string[] {
    return this.keys.slice(this.#readCount);
  }

  add(values: (string | null)[]): void {
    this.#values = values;
    this.#at = 0;
    this.#readCount += values.length / this.#width;
  }

  takeValues(): FieldValues {
    this.#at += this.#width;
    const taken = this.#values.slice(this.#at - this.#width, this.#at);
    if (this.isEmpty) {
      // They may have megabytes, and the lane stays until all records are read.
      this.#values = [];
      this.#at = 0;
    }
    return taken;
  }

  /** Takes the next key, whose values are read by other means. */
  takeKey(): string {
    return this.keys[this.#readCount++] as string;
  }
}
