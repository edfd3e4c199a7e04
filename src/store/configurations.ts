import { LRUCache } from "lru-cache";
import { batchesByBytes } from "../domain/batchesByBytes.js";
import { READ_BATCH_BYTES } from "../domain/entityLimits.js";
import type { RedisClient } from "../redis/redisClient.js";
import { unwrapReplies } from "../redis/redisClient.js";
import { configurationsKey } from "./keys.js";
import { readLarge } from "./largeReads.js";

const MAX_CACHED_CHARACTERS = 16_000_000;

/** The configurations of taskforces as JSON text. They are stored under their digests, once in each partition. */
export class Configurations {
  readonly #redis: RedisClient;
  readonly #bulkRedis: RedisClient;
  /** The text of a digest never changes. */
  readonly #cached = new LRUCache<string, string>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });
  /** Configurations that are being read, by digest: the taskforces of a batch often share one. */
  readonly #pending = new Map<string, Promise<string>>();

  /** @param bulk the connection for megabytes */
  constructor(redis: RedisClient, bulk: RedisClient) {
    this.#redis = redis;
    this.#bulkRedis = bulk;
  }

  /** The configuration of a digest; a promise when it is not cached. */
  read(partition: number, digest: string): string | Promise<string> {
    const known = this.#cached.get(digest) ?? this.#pending.get(digest);
    if (known !== undefined) return known;
    const reading = this.#fetch(partition, digest).finally(() => this.#pending.delete(digest));
    this.#pending.set(digest, reading);
    return reading;
  }

  /** Caches configurations of one partition: as many of the first ones as fit into a batch. */
  async prefetch(partition: number, digests: ReadonlySet<string>): Promise<void> {
    const missing = [...digests].filter((digest) => !this.#cached.has(digest));
    if (missing.length < 2) return;
    const key = configurationsKey(partition);
    const sizeReads = this.#redis.pipeline();
    for (const digest of missing) sizeReads.hstrlen(key, digest);
    const sizes = unwrapReplies<number>(await sizeReads.exec());
    const sized = missing.map((digest, index) => ({ digest, bytes: sizes[index] ?? 0 }));
    const [first = []] = batchesByBytes(sized, ({ bytes }) => bytes, READ_BATCH_BYTES);
    const fitting = first.filter(({ bytes }) => bytes <= READ_BATCH_BYTES).map(({ digest }) => digest);
    if (fitting.length === 0) return;
    const texts = await this.#redis.hmget(key, ...fitting);
    for (const [index, text] of texts.entries()) if (text !== null) this.#cached.set(fitting[index] as string, text);
  }

  async #fetch(partition: number, digest: string): Promise<string> {
    const key = configurationsKey(partition);
    const isLarge = (await this.#redis.hstrlen(key, digest)) > READ_BATCH_BYTES;
    const json = isLarge
      ? await readLarge<string | null>(this.#bulkRedis, "hget", key, digest)
      : await this.#redis.hget(key, digest);
    if (json === null) throw new Error(`the configuration ${digest} is not in partition ${partition}`);
    this.#cached.set(digest, json);
    return json;
  }
}
