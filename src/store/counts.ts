import { PHASES, type Phase } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { allEntitiesKey, countsKey, stagingKey } from "./keys.js";
import { runScript } from "./scripts.js";

/** The number of taskforces of a schedd in a phase. */
export interface TaskforceCount {
  phase: Phase;
  schedd: string;
  count: number;
}

/**
 * The counts of taskforces by phase and schedd. Every script that changes a phase updates them, so the cost of a read
 * does not depend on the number of taskforces. An intersection of the two indexes would visit up to a million members
 * for each pair.
 */
export class TaskforceCounts {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** The sums over all partitions. A pair whose last taskforce has left it has the count 0. */
  async readAll(): Promise<TaskforceCount[]> {
    const hashes = await Promise.all(
      Array.from({ length: this.#partitions }, (_, partition) => this.#redis.hgetall(countsKey(partition))),
    );
    const sums = new Map<string, number>();
    for (const [field, number] of hashes.flatMap(Object.entries<string>))
      sums.set(field, (sums.get(field) ?? 0) + Number(number));
    return [...sums].map(([field, count]) => {
      const blank = field.indexOf(" ");
      return { phase: field.slice(0, blank) as Phase, schedd: field.slice(blank + 1), count };
    });
  }

  /** Counts a partition again when its counts differ from its indexes. @returns whether they differed */
  async repair(partition: number): Promise<boolean> {
    const keys = [allEntitiesKey(partition, "taskforce"), stagingKey(partition)];
    return (await runScript(this.#redis, "repairCounts", keys, PHASES)) === 1;
  }
}
