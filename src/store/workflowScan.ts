import type { WorkflowId } from "../domain/ids.js";
import type { RedisClient } from "../redis/redisClient.js";
import { allEntitiesKey, idOfMember } from "./keys.js";
import type { Store } from "./store.js";

/** A workflow and its creation time in epoch seconds. */
export interface ScannedWorkflow {
  id: WorkflowId;
  timestamp: number;
}

/** Workflows that one read of a partition returns. */
const BATCH_SIZE = 200;

/** Whether one workflow comes before another in the order of creation. Those of one time are in the order of their ids. */
const isBefore = (one: ScannedWorkflow, other: ScannedWorkflow): boolean =>
  one.timestamp < other.timestamp || (one.timestamp === other.timestamp && one.id < other.id);

/**
 * All workflows in the order of creation, whatever the number of partitions. One that stays in the store during the scan
 * comes exactly once.
 *
 * @param options `since`: epoch seconds of the earliest creation. `after`: the workflow after which to begin
 */
export async function* scanWorkflows(
  { redis, partitions }: Pick<Store, "redis" | "partitions">,
  { since = 0, after }: { since?: number | undefined; after?: ScannedWorkflow | undefined } = {},
): AsyncGenerator<ScannedWorkflow> {
  const start = after ?? { id: "" as WorkflowId, timestamp: since };
  const heads = Array.from({ length: partitions }, (_, partition) => new PartitionScan(redis, partition, start));
  await Promise.all(heads.map((head) => head.load()));
  for (;;) {
    let first: PartitionScan | undefined;
    for (const head of heads)
      if (head.next !== undefined && (first?.next === undefined || isBefore(head.next, first.next))) first = head;
    if (first?.next === undefined) return;
    yield first.next;
    await first.advance();
  }
}

/** The workflows of one partition, in batches. */
class PartitionScan {
  readonly #redis: RedisClient;
  readonly #key: string;
  #batch: ScannedWorkflow[] = [];
  #index = 0;
  #last: ScannedWorkflow;
  #isAtEnd = false;

  constructor(redis: RedisClient, partition: number, after: ScannedWorkflow) {
    this.#redis = redis;
    this.#key = allEntitiesKey(partition, "workflow");
    this.#last = after;
  }

  get next(): ScannedWorkflow | undefined {
    return this.#batch[this.#index];
  }

  async advance(): Promise<void> {
    this.#index++;
    if (this.next === undefined) await this.load();
  }

  /** Reads the next batch. Positions are scores, because ranks shift when workflows are removed. */
  async load(): Promise<void> {
    let [offset, isFull] = [0, true];
    while (isFull && !this.#isAtEnd) {
      const flat = await this.#redis.zrangebyscore(
        this.#key,
        String(this.#last.timestamp),
        "+inf",
        "WITHSCORES",
        "LIMIT",
        offset,
        BATCH_SIZE,
      );
      const read: ScannedWorkflow[] = [];
      for (let index = 0; index < flat.length; index += 2)
        read.push({ id: idOfMember("workflow", flat[index] as string), timestamp: Number(flat[index + 1]) });
      isFull = read.length === BATCH_SIZE;
      this.#batch = read.filter((workflow) => isBefore(this.#last, workflow));
      this.#index = 0;
      // More workflows of one time than a batch holds.
      offset += BATCH_SIZE;
      if (this.#batch.length > 0) break;
    }
    if (this.#batch.length === 0 || !isFull) this.#isAtEnd = true;
    this.#last = this.#batch.at(-1) ?? this.#last;
  }
}
