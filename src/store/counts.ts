import { PHASES, type Phase } from "../domain/phases.js";
import type { RedisClient } from "../redis/redisClient.js";
import { allEntitiesKey, countsKey, recordPrefix } from "./keys.js";
import { runScript } from "./scripts.js";

/** How many taskforces of a schedd are in a phase. */
export interface TaskforceCount {
  phase: Phase;
  schedd: string;
  count: number;
}

/**
 * The numbers of taskforces by phase and schedd, kept by every script that changes a phase: to read them costs the same for
 * a million taskforces as for ten. Intersecting the two indexes instead would walk the larger part of a million members for
 * each pair, at each look.
 */
export class TaskforceCounts {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** The numbers of all partitions; pairs that have no taskforce any more are there with 0. */
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

  /** Counts a partition anew when its numbers disagree with its indexes. @returns whether they did */
  async repair(partition: number): Promise<boolean> {
    const values = [recordPrefix(partition, "taskforce"), ...PHASES];
    return (await runScript(this.#redis, "repairCounts", [allEntitiesKey(partition, "taskforce")], values)) === 1;
  }
}
