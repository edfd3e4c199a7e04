import type { Queue } from "bullmq";
import { unwrapReplies } from "../redis/pipelineReplies.js";
import type { RedisClient } from "../redis/redisClient.js";

/** Entries of a queue that one command reads or looks for: to read all of a long one would keep everybody from Redis. */
const BATCH_SIZE = 500;

/** Where BullMQ keeps jobs. Those that wait without a rank, or are leased, or wait in a paused queue, are in lists. */
const LIST_STATES = ["wait", "active", "paused"];
const SORTED_SET_STATES = ["prioritized", "delayed"];
const DEAD_LETTER_STATE = "failed";

/** Some jobs of a queue. */
export interface JobBatch {
  ids: string[];
  /** Whether they were given up; else they wait or are leased. */
  dead: boolean;
}

/**
 * All jobs of a queue, a piece at a time. One that stays where it is comes at least once; one that moves meanwhile may be
 * left out.
 */
export async function* readJobBatches(queue: Queue, redis: RedisClient): AsyncGenerator<JobBatch> {
  const { keys } = queue.getBackend();
  for (const state of [...SORTED_SET_STATES, DEAD_LETTER_STATE])
    for await (const ids of readSortedSetBatches(redis, keys[state] ?? ""))
      yield { ids, dead: state === DEAD_LETTER_STATE };
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
  const { keys } = queue.getBackend();
  for (const list of LIST_STATES) {
    let ids: string[] = [];
    // From the end that jobs enter: what comes meanwhile makes others come twice, but leaves none out.
    for (let start = 0; start === 0 || ids.length === BATCH_SIZE; start += BATCH_SIZE) {
      ids = await redis.lrange(keys[list] ?? "", start, start + BATCH_SIZE - 1);
      if (ids.length > 0) yield ids;
    }
  }
}

/** Tells which jobs a queue lacks, without reading all of it. One for each pass: it remembers what it read. */
export class MissingJobs {
  readonly #queue: Queue;
  readonly #redis: RedisClient;
  #listedIds: Promise<Set<string>> | undefined;

  constructor(queue: Queue, redis: RedisClient) {
    this.#queue = queue;
    this.#redis = redis;
  }

  /**
   * Those of some ids that have no job in the queue, so that a job can be added. Where the data of a job is left over from a
   * lost list or set, which would keep it from being added, that is removed.
   */
  async findMissing<Id extends string>(ids: readonly Id[]): Promise<Id[]> {
    const missing: Id[] = [];
    for (let start = 0; start < ids.length; start += BATCH_SIZE)
      missing.push(...(await this.#findMissingInBatch(ids.slice(start, start + BATCH_SIZE))));
    return missing;
  }

  async #findMissingInBatch<Id extends string>(ids: readonly Id[]): Promise<Id[]> {
    let unseen = ids;
    for (const state of [...SORTED_SET_STATES, DEAD_LETTER_STATE]) unseen = await this.#filterAbsent(state, unseen);
    if (unseen.length === 0) return [];
    const { gone, idle } = await this.#classifyByData(unseen);
    if (idle.length === 0) return gone;
    this.#listedIds ??= this.#readListedIds();
    const listedIds = await this.#listedIds;
    const removed: Id[] = [];
    for (const id of idle)
      if (!listedIds.has(id) && (await this.#isOrphaned(id)) && (await this.#queue.remove(id)) === 1) removed.push(id);
    return [...gone, ...removed];
  }

  async #filterAbsent<Id extends string>(state: string, ids: readonly Id[]): Promise<readonly Id[]> {
    if (ids.length === 0) return ids;
    const scores = await this.#redis.zmscore(this.#queue.getBackend().keys[state] ?? "", ...ids);
    return ids.filter((_, index) => scores[index] == null);
  }

  /** `gone`: there is nothing of a job; `idle`: it is there, and nobody holds a lease or works on it. */
  async #classifyByData<Id extends string>(ids: readonly Id[]): Promise<{ gone: Id[]; idle: Id[] }> {
    const backend = this.#queue.getBackend();
    const pipeline = this.#redis.pipeline();
    for (const id of ids) pipeline.exists(backend.toKey(id)).exists(`${backend.toKey(id)}:lock`);
    const found = unwrapReplies<unknown>(await pipeline.exec());
    const state = (index: number) => (found[2 * index] === 0 ? "gone" : found[2 * index + 1] === 0 ? "idle" : "leased");
    return {
      gone: ids.filter((_, index) => state(index) === "gone"),
      idle: ids.filter((_, index) => state(index) === "idle"),
    };
  }

  async #readListedIds(): Promise<Set<string>> {
    const listedIds = new Set<string>();
    for await (const ids of readListBatches(this.#queue, this.#redis)) for (const id of ids) listedIds.add(id);
    return listedIds;
  }

  /** Whether the data of a job is all that is left of it. Looks everywhere at one instant, for it may have moved. */
  async #isOrphaned(id: string): Promise<boolean> {
    const { keys } = this.#queue.getBackend();
    const multi = this.#redis.multi();
    for (const state of [...SORTED_SET_STATES, DEAD_LETTER_STATE]) multi.zscore(keys[state] ?? "", id);
    for (const list of LIST_STATES) multi.lpos(keys[list] ?? "", id);
    return unwrapReplies<unknown>(await multi.exec()).every((place) => place === null);
  }
}
