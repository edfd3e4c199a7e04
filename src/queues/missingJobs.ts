import type { Queue } from "bullmq";
import { batchesOf } from "../domain/batchesOf.js";
import type { RedisClient } from "../redis/redisClient.js";
import { unwrapReplies } from "../redis/redisClient.js";
import { jobKey, LIST_STATES, lockKey, SORTED_SET_STATES, stateKey } from "./bullLayout.js";

/** Jobs in one command. One command for all jobs of a long queue would block Redis for every other client. */
const BATCH_SIZE = 500;

/** Some jobs of a queue. */
export interface JobBatch {
  ids: string[];
  /** Whether they are dead letters; otherwise they wait or are leased. */
  dead: boolean;
}

/**
 * Reads all jobs of a queue in batches. A job that keeps its state comes at least once; a job that changes its state
 * during the read may be missing.
 */
export async function* readJobBatches(queue: Queue, redis: RedisClient): AsyncGenerator<JobBatch> {
  for (const state of SORTED_SET_STATES)
    for await (const ids of readSortedSetBatches(redis, stateKey(queue, state)))
      yield { ids, dead: state === "failed" };
  for await (const ids of readListBatches(queue, redis)) yield { ids, dead: false };
}

async function* readSortedSetBatches(redis: RedisClient, key: string): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const [next, flat] = await redis.zscan(key, cursor, "COUNT", BATCH_SIZE);
    cursor = next;
    if (flat.length > 0) yield flat.filter((_, index) => index % 2 === 0);
  } while (cursor !== "0");
}

async function* readListBatches(queue: Queue, redis: RedisClient): AsyncGenerator<string[]> {
  for (const list of LIST_STATES) {
    let ids: string[] = [];
    // Jobs enter at the left end, so an arrival during the read repeats some jobs but hides none.
    for (let start = 0; start === 0 || ids.length === BATCH_SIZE; start += BATCH_SIZE) {
      ids = await redis.lrange(stateKey(queue, list), start, start + BATCH_SIZE - 1);
      if (ids.length > 0) yield ids;
    }
  }
}

/**
 * Finds the jobs that a queue lacks without reading all of it. Caches the lists of the queue, so each pass needs its
 * own.
 */
export class MissingJobs {
  readonly #queue: Queue;
  readonly #redis: RedisClient;
  #listedIds: Promise<Set<string>> | undefined;

  constructor(queue: Queue, redis: RedisClient) {
    this.#queue = queue;
    this.#redis = redis;
  }

  /**
   * Returns the ids that have no job in the queue. Removes orphaned data of a job, which a lost list or sorted set
   * leaves behind: BullMQ would not add the job again.
   */
  async findMissing<Id extends string>(ids: readonly Id[]): Promise<Id[]> {
    const missing: Id[] = [];
    for (const batch of batchesOf(ids, BATCH_SIZE)) missing.push(...(await this.#findMissingInBatch(batch)));
    return missing;
  }

  async #findMissingInBatch<Id extends string>(ids: readonly Id[]): Promise<Id[]> {
    let unseen: readonly Id[] = ids;
    for (const state of SORTED_SET_STATES) unseen = await this.#filterAbsent(stateKey(this.#queue, state), unseen);
    if (unseen.length === 0) return [];
    const pipeline = this.#redis.pipeline();
    for (const id of unseen) pipeline.exists(jobKey(this.#queue, id)).exists(lockKey(this.#queue, id));
    const found = unwrapReplies<unknown>(await pipeline.exec());
    const withoutData = unseen.filter((_, index) => found[2 * index] === 0);
    const unlocked = unseen.filter((_, index) => found[2 * index] !== 0 && found[2 * index + 1] === 0);
    if (unlocked.length === 0) return withoutData;
    this.#listedIds ??= this.#readListedIds();
    const listedIds = await this.#listedIds;
    const removed: Id[] = [];
    for (const id of unlocked)
      if (!listedIds.has(id) && (await this.#isOrphaned(id)) && (await this.#queue.remove(id)) === 1) removed.push(id);
    return [...withoutData, ...removed];
  }

  async #filterAbsent<Id extends string>(key: string, ids: readonly Id[]): Promise<readonly Id[]> {
    if (ids.length === 0) return ids;
    const scores = await this.#redis.zmscore(key, ...ids);
    return ids.filter((_, index) => scores[index] == null);
  }

  async #readListedIds(): Promise<Set<string>> {
    const listedIds = new Set<string>();
    for await (const ids of readListBatches(this.#queue, this.#redis)) for (const id of ids) listedIds.add(id);
    return listedIds;
  }

  /** Whether a job's data is all that is left of it. Reads all states in one transaction, because the job may move. */
  async #isOrphaned(id: string): Promise<boolean> {
    const multi = this.#redis.multi();
    for (const state of SORTED_SET_STATES) multi.zscore(stateKey(this.#queue, state), id);
    for (const list of LIST_STATES) multi.lpos(stateKey(this.#queue, list), id);
    return unwrapReplies<unknown>(await multi.exec()).every((position) => position === null);
  }
}
