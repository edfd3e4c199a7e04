import { randomUUID } from "node:crypto";
import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import type { RedisClient } from "../redis/redisClient.js";
import { idempotencyKey } from "./keys.js";
import { runScript } from "./scripts.js";

/** Seconds for which an answer is kept. */
const RESULT_RETENTION_SECONDS = 24 * 3600;
/**
 * Seconds for which a request is under way without a word: after a crash its repetitions wait as long. A slow one goes on
 * afterwards, and takes effect unless a repetition did so first.
 */
const CLAIM_TTL_SECONDS = 15;

/** What lies at a request's key: the claim of one that is under way, or what it made. */
interface StoredClaim {
  digest: string;
  claim?: string;
  made?: string;
}

/** A request under way, which alone may take effect. */
export interface IdempotencyClaim {
  key: string;
  partition: number;
  /** What lies at the key meanwhile. */
  claimText: string;
  digest: string;
}

/** A repetition took effect before the request itself. */
export class ClaimLostError extends Error {
  override name = "ClaimLostError";
}

/**
 * The arguments of `settle_claim` in `scripts/prelude.lua`: the claim, the value that replaces it, and how long Redis keeps
 * that value. Without a claim all are empty.
 *
 * @param made the id of the entity that the request creates
 */
export const claimScriptArguments = (
  claim: IdempotencyClaim | undefined,
  made: string,
): [string, string, number | ""] => {
  if (claim === undefined) return ["", "", ""];
  const { claimText, digest } = claim;
  return [claimText, JSON.stringify({ digest, made } satisfies StoredClaim), RESULT_RETENTION_SECONDS];
};

/** Which requests are under way, and what those that may be repeated have made. */
export class IdempotencyClaims {
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
  ): Promise<IdempotencyClaim | { made: string } | "under-way" | "other-request"> {
    const key = idempotencyKey(partition, name);
    const claimText = JSON.stringify({ digest, claim: randomUUID() } satisfies StoredClaim);
    const multi = this.#redis.multi();
    multi.set(key, claimText, "EX", CLAIM_TTL_SECONDS, "NX");
    multi.get(key);
    const [, [error, found] = []] = (await multi.exec()) ?? [];
    if (error) throw error;
    if (found === claimText) return { key, partition, claimText, digest };
    const stored = JSON.parse(String(found)) as StoredClaim;
    if (stored.digest !== digest) return "other-request";
    return stored.made === undefined ? "under-way" : { made: stored.made };
  }

  /** The request failed: it may be tried again at once. */
  async release({ key, claimText }: IdempotencyClaim): Promise<void> {
    await runScript(this.#redis, "releaseClaim", [key], [claimText]);
  }
}
