import { randomUUID } from "node:crypto";
import type { KeyedRequest } from "../domain/repeatableRequest.js";
import type { RedisClient } from "../redis/redisClient.js";
import type { EffectGuard } from "./effectGuard.js";
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
export class IdempotencyClaim implements EffectGuard {
  readonly key: string;
  /** The value at the key while the request runs. */
  readonly claimText: string;
  readonly #digest: string;

  constructor(key: string, digest: string) {
    this.key = key;
    this.#digest = digest;
    this.claimText = JSON.stringify({ digest, claim: randomUUID() } satisfies StoredClaim);
  }

  argument(): string {
    return JSON.stringify({ claim: this.claimText, digest: this.#digest, seconds: RESULT_RETENTION_SECONDS });
  }
}

/** The claims and results of requests with an idempotency key. */
export class IdempotencyClaims {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /**
   * Claims a request, unless it was claimed before.
   *
   * @param partition of the entity that the request changes or creates: one script writes both
   * @returns a claim; or what the same request made before; or the reason for a refusal
   */
  async claim(
    { name, digest }: Pick<KeyedRequest, "name" | "digest">,
    partition: number,
  ): Promise<IdempotencyClaim | { made: string } | "under-way" | "other-request"> {
    const claim = new IdempotencyClaim(idempotencyKey(partition, name), digest);
    const multi = this.#redis.multi();
    multi.set(claim.key, claim.claimText, "EX", CLAIM_TTL_SECONDS, "NX");
    multi.get(claim.key);
    const [, [error, found] = []] = (await multi.exec()) ?? [];
    if (error) throw error;
    if (found === claim.claimText) return claim;
    const stored = JSON.parse(String(found)) as StoredClaim;
    if (stored.digest !== digest) return "other-request";
    return stored.made === undefined ? "under-way" : { made: stored.made };
  }

  /** Releases the claim of a failed request, so that its client can repeat it at once. */
  async release({ key, claimText }: IdempotencyClaim): Promise<void> {
    await runScript(this.#redis, "releaseClaim", [key], [claimText]);
  }
}
