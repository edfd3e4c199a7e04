import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Taskforce } from "../domain/taskforce.js";
import type { RedisClient } from "../redis/redisClient.js";
import { configurationsKey } from "./keys.js";
import type { WriteBatch } from "./writeBatch.js";

/** Characters of texts that a process remembers. */
const MAX_CACHED_CHARACTERS = 16_000_000;

/** What taskforces of one task, and often of many workflows, have in common. */
export type TaskforceConfiguration = Pick<Taskforce, "pilot_config" | "worker_config">;

/** A configuration as it is stored, once for each partition: under a digest of itself. */
export interface StoredConfiguration {
  digest: string;
  /** JSON. */
  json: string;
}

/** @see StoredConfiguration */
export function toStoredConfiguration({ pilot_config, worker_config }: TaskforceConfiguration): StoredConfiguration {
  const json = JSON.stringify({ pilot_config, worker_config });
  // 128 bits: nobody finds two texts with the same.
  const digest = createHash("sha256").update(json).digest("base64url").slice(0, 22);
  return { digest, json };
}

/** Puts configurations beside what refers to them. One that is there already stays as it is, for it is the same. */
export function writeConfigurations(batch: WriteBatch, configurations: Iterable<StoredConfiguration>): void {
  const fields = [...configurations].flatMap(({ digest, json }) => [digest, json]);
  if (fields.length > 0) batch.add("HSET", configurationsKey(batch.partition), ...fields);
}

/** Reads configurations by their digests. What a digest means never changes, so a process remembers the texts. */
export class ConfigurationCache {
  readonly #redis: RedisClient;
  readonly #jsonByDigest = new LRUCache<string, string>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** A configuration's JSON text: at once where it is remembered, for that is nearly always so and every read needs one. */
  getJson(partition: number, digest: string): string | Promise<string> {
    return this.#jsonByDigest.get(digest) ?? this.#read(partition, digest);
  }

  async #read(partition: number, digest: string): Promise<string> {
    const text = await this.#redis.hget(configurationsKey(partition), digest);
    if (text === null) throw new Error(`the configuration ${digest} is not in partition ${partition}`);
    this.#jsonByDigest.set(digest, text);
    return text;
  }
}
