import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Taskforce } from "../domain/taskforce.js";
import type { RedisClient } from "../redis/redisClient.js";
import { configurationsKey } from "./keys.js";
import type { WriteBatch } from "./writeBatch.js";

/** The limit of the cache, in characters. */
const MAX_CACHED_CHARACTERS = 16_000_000;

/** The fields that the taskforces of one task share, often with those of other workflows. */
export type TaskforceConfiguration = Pick<Taskforce, "pilot_config" | "worker_config">;

/** A configuration in its stored form: a partition holds it once, under its digest. */
export interface StoredConfiguration {
  digest: string;
  /** JSON. */
  json: string;
}

/** Serializes a configuration and computes its digest. */
export function toStoredConfiguration({ pilot_config, worker_config }: TaskforceConfiguration): StoredConfiguration {
  const json = JSON.stringify({ pilot_config, worker_config });
  // 128 bits suffice against collisions.
  const digest = createHash("sha256").update(json).digest("base64url").slice(0, 22);
  return { digest, json };
}

/**
 * Adds configurations to the batch that writes the taskforces. Overwriting a stored one changes nothing: its text is
 * equal.
 */
export function writeConfigurations(batch: WriteBatch, configurations: Iterable<StoredConfiguration>): void {
  const fields = [...configurations].flatMap(({ digest, json }) => [digest, json]);
  if (fields.length > 0) batch.add("HSET", configurationsKey(batch.partition), ...fields);
}

/** Reads configurations by digest and caches them: the text of a digest never changes. */
export class ConfigurationCache {
  readonly #redis: RedisClient;
  readonly #jsonByDigest = new LRUCache<string, string>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * A configuration's JSON text. A cached one is returned without a promise, because every read of a taskforce needs
   * it.
   */
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
