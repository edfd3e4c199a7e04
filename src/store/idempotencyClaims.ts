import { randomUUID } from "node:crypto";
import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import type { RedisClient } from "../redis/redisClient.js";
import { idempotencyKey } from "./keys.js";
import { runScript } from "./scripts.js";
import type { RecordedWrites } from "./writes.js";

/** Seconds for which an answer is kept. */
const KEPT = 24 * 3600;
/**
 * Seconds for which a request is under way without a word: after a crash its repetitions wait as long. A slow one goes on
 * afterwards, and takes effect unless a repetition did so first.
 */
const CLAIMED = 15;

/** What lies at a request's key: the claim of one that is under way, or what it made. */
interface Kept {
  digest: string;
  claim?: string;
  made?: string;
}

/** A request under way, which alone may take effect. */
export interface Claim {
  key: string;
  partition: number;
  /** What lies at the key meanwhile. */
  held: string;
  digest: string;
}

/** A repetition took effect before the request itself. */
export class Overtaken extends Error {
  override name = "Overtaken";
}

/** How a script is told of a claim: what it must find, what it leaves instead, and for how many seconds. */
export const claimArguments = ({ held, digest }: Claim, made: string): [string, string, number] => [
  held,
  JSON.stringify({ digest, made } satisfies Kept),
  KEPT,
];

/** Which requests are under way, and what those that may be repeated have made. */
export class Idempotency {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Begins a request, unless it was begun before.
   *
   * @param partition the one of what it will make: both are written in one step
   * @returns a claim; or the id of what the same request made before; or why it can't be served
   */
  async claim(
    { name, digest }: IdempotentRequest,
    partition: number,
  ): Promise<Claim | { made: string } | "under-way" | "other-request"> {
    const key = idempotencyKey(partition, name);
    const held = JSON.stringify({ digest, claim: randomUUID() } satisfies Kept);
    const multi = this.#redis.multi();
    multi.set(key, held, "EX", CLAIMED, "NX");
    multi.get(key);
    const [, [error, found] = []] = (await multi.exec()) ?? [];
    if (error) throw error;
    if (found === held) return { key, partition, held, digest };
    const kept = JSON.parse(String(found)) as Kept;
    if (kept.digest !== digest) return "other-request";
    return kept.made === undefined ? "under-way" : { made: kept.made };
  }

  /** The request failed: it may be tried again at once. */
  async release({ key, held }: Claim): Promise<void> {
    await runScript(this.#redis, "releaseClaim", [key], [held]);
  }
}

/**
 * Writes what a request asked for together with what it made.
 *
 * @param redis knows the scripts
 * @param made the id by which a repetition is answered
 * @throws Overtaken
 */
export async function writeOnce(
  redis: RedisClient,
  claim: Claim,
  made: string,
  writes: RecordedWrites,
): Promise<void> {
  const values = [...claimArguments(claim, made), writes.text()];
  if ((await runScript(redis, "writeOnce", [claim.key], values)) !== 1) throw new Overtaken();
}
