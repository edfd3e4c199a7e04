import { randomUUID } from "node:crypto";
import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import type { RedisClient } from "../redis/redisClient.js";
import { idempotencyKey } from "./keys.js";
import { runScript } from "./scripts.js";

/** Seconds for which Redis keeps the result of a request. */
const RESULT_RETENTION_SECONDS = 24 * 3600;
/**
 * Seconds until the claim of a request expires: after a crash its repetitions wait that long. A slower request still
 * takes effect, unless a repetition did so first.
 */
const CLAIM_TTL_SECONDS = 15;

/** The value at a request's key: the claim of a running request, or its result. */
interface StoredClaim {
  digest: string;
  claim?: string;
  made?: string;
}

/** The exclusive right of a running request to take effect. */
export interface IdempotencyClaim {
  key: string;
  partition: number;
  /** The value at the key while the request runs. */
  claimText: string;
  digest: string;
}

/** A repetition of the request took effect first. */
export class ClaimLostError extends Error {
  override name = "ClaimLostError";
}

/**
 * The arguments of `settle_claim` in `scripts/prelude.lua`: the claim, the value that replaces it, and how long Redis
 * keeps that value. Without a claim all are empty.
 *
 * @param made the id of the entity that the request creates
 */
export const claimScriptArguments = (
  claim: IdempotencyClaim | undefined,
  made: string,
): [string, string, number | ""] => {
  if (claim === undefined) return ["", "", ""];
  const result: StoredClaim = { digest: claim.digest, made };
  return [claim.claimText, JSON.stringify(result), RESULT_RETENTION_SECONDS];
};

/** The claims and results of requests with an idempotency key. */
export class IdempotencyClaims {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Claims a request, unless it was claimed before.
   *
   * @param partition of the entity that the request will create: one script writes both
   * @returns a claim; or the id that the same request created before; or the reason for a refusal
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

  /** Releases the claim of a failed request, so that its client can repeat it at once. */
  async release({ key, claimText }: IdempotencyClaim): Promise<void> {
    await runScript(this.#redis, "releaseClaim", [key], [claimText]);
  }
}
