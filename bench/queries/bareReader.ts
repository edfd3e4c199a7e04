import type { Redis } from "ioredis";
import {
  allEntitiesKey,
  configurationsKey,
  type EntityKind,
  indexKey,
  partitionOf,
  partitionPrefix,
} from "../../src/store/keys.js";

/** An entry of an index. */
export interface BareEntry {
  partition: number;
  /** The id without its first three characters. */
  member: string;
  /** Epoch seconds. */
  createdAt: number;
}

/** Reads the service's keys with the fewest commands and round trips: one pipeline for the ids, one for the records. */
export class BareReader {
  readonly #redis: Redis;
  readonly #partitions: readonly number[];

  constructor(redis: Redis, partitions: number) {
    this.#redis = redis;
    this.#partitions = Array.from({ length: partitions }, (_, partition) => partition);
  }

  /** All entities of a kind, oldest first. */
  all(kind: EntityKind): Promise<BareEntry[]> {
    return this.#entries(this.#partitions, (partition) => [allEntitiesKey(partition, kind)]);
  }

  /** The entities with these values of indexed fields, oldest first. */
  intersect(kind: EntityKind, values: Record<string, string | number>): Promise<BareEntry[]> {
    return this.#entries(this.#partitions, (partition) =>
      Object.entries(values).map(([field, value]) => indexKey(partition, kind, field, value)),
    );
  }

  /** The entities of one workflow, which are in one partition, oldest first. */
  ofWorkflow(kind: EntityKind, workflow: string): Promise<BareEntry[]> {
    const only = partitionOf(workflow as never, this.#partitions.length);
    return this.#entries([only], (partition) => [indexKey(partition, kind, "workflow_id", workflow)]);
  }

  async #entries(partitions: readonly number[], keysOf: (partition: number) => string[]): Promise<BareEntry[]> {
    const pipeline = this.#redis.pipeline();
    for (const partition of partitions) {
      const keys = keysOf(partition);
      const [key = ""] = keys;
      if (keys.length === 1) pipeline.zrange(key, 0, "-1", "WITHSCORES");
      else pipeline.call("ZINTER", keys.length, ...keys, "AGGREGATE", "MAX", "WITHSCORES");
    }
    // With RESP3, members and scores come in pairs from some commands.
    const lists = (await execute<(string | string[])[]>(pipeline)).map((list) => list.flat());
    const entries: BareEntry[] = [];
    for (const [index, list] of lists.entries())
      for (let at = 0; at < list.length; at += 2)
        entries.push({ partition: partitions[index] ?? 0, member: list[at] ?? "", createdAt: Number(list[at + 1]) });
    return entries.sort((a, b) => a.createdAt - b.createdAt || (a.member < b.member ? -1 : 1));
  }

  /** Some fields of records, in the order of the entries. */
  fields(kind: EntityKind, entries: readonly BareEntry[], names: string[]): Promise<(string | null)[][]> {
    const pipeline = this.#redis.pipeline();
    for (const { partition, member } of entries) pipeline.hmget(recordKeyOf(partition, kind, member), ...names);
    return execute(pipeline);
  }

  /** Whole records, in the order of the entries. */
  records(kind: EntityKind, entries: readonly BareEntry[]): Promise<Record<string, string>[]> {
    const pipeline = this.#redis.pipeline();
    for (const { partition, member } of entries) pipeline.hgetall(recordKeyOf(partition, kind, member));
    return execute(pipeline);
  }

  /** The configurations of all partitions: digest → JSON text. */
  async configurations(): Promise<Map<string, string>> {
    const pipeline = this.#redis.pipeline();
    for (const partition of this.#partitions) pipeline.hgetall(configurationsKey(partition));
    return new Map((await execute<Record<string, string>>(pipeline)).flatMap((each) => Object.entries(each)));
  }
}

const recordKeyOf = (partition: number, kind: EntityKind, member: string): string =>
  `${partitionPrefix(partition)}${kind}:${member}`;

async function execute<T>(pipeline: ReturnType<Redis["pipeline"]>): Promise<T[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply as T;
  });
}
