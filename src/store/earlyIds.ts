import { batchesOf } from "../domain/batchesOf.js";
import { earlyIdOf } from "../domain/earlyIds.js";
import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import type { RedisClient } from "../redis/redisClient.js";
import { earlyIdsKey } from "./keys.js";

type Command = (string | number)[];

/** Early ids for one command: its arguments must fit on the stack of Lua. */
const IDS_PER_COMMAND = 1000;

/** The entities that have early ids. The partition of one is not known from the early id, so all are asked. */
export class EarlyIds {
  readonly #redis: RedisClient;
  readonly #keys: readonly string[];

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#keys = Array.from({ length: partitions }, (_, partition) => earlyIdsKey(partition));
  }

  /** Whether any entity has an early id. */
  async exist(): Promise<boolean> {
    return (await this.#findKeys()).length > 0;
  }

  /** Finds the ids under which entities are stored. @returns early id → stored id, without those that are not found */
  async find(earlyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (earlyIds.length === 0) return found;
    // Most installations have none.
    const keys = await this.#findKeys();
    for (const batch of keys.length === 0 ? [] : batchesOf(earlyIds, IDS_PER_COMMAND)) {
      const replies = await Promise.all(keys.map((key) => this.#redis.hmget(key, ...batch)));
      for (const ids of replies)
        for (const [index, id] of ids.entries()) if (id !== null) found.set(batch[index] as string, id);
    }
    return found;
  }

  async #findKeys(): Promise<string[]> {
    const exist = await Promise.all(this.#keys.map((key) => this.#redis.exists(key)));
    return this.#keys.filter((_, partition) => exist[partition] === 1);
  }
}

/** The commands that add the early ids of entities. */
export const addEarlyIds = (partition: number, ids: readonly (WorkflowId | TaskId | TaskforceUuid)[]): Command[] => {
  const pairs = ids.flatMap((id) => {
    const earlyId = earlyIdOf(id);
    return earlyId === undefined ? [] : [earlyId, id];
  });
  return [...batchesOf(pairs, 2 * IDS_PER_COMMAND)].map((batch) => ["HSET", earlyIdsKey(partition), ...batch]);
};

/** The command that removes the early id of an entity. */
export function removeEarlyId(partition: number, id: WorkflowId | TaskId | TaskforceUuid): Command[] {
  const earlyId = earlyIdOf(id);
  return earlyId === undefined ? [] : [["HDEL", earlyIdsKey(partition), earlyId]];
}
