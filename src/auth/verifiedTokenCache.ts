import { LRUCache } from "lru-cache";
import type { Caller } from "../domain/caller.js";
import { sha256 } from "../domain/sha256.js";

/** Lifetime of an entry. A token whose key was withdrawn stays valid for that long. */
const MAX_TTL_MS = 2 * 60_000;
/** Beyond this number the least recently used token is removed. */
const MAX_TOKENS = 1000;

/** Caches the callers of verified tokens by the tokens' hashes. Verification takes half as long as serving a read. */
export class VerifiedTokenCache {
  readonly #entries = new LRUCache<string, { caller: Caller; untilMs: number }>({ max: MAX_TOKENS });

  get(token: string): Caller | undefined {
    const entry = this.#entries.get(hash(token));
    return entry === undefined || Date.now() >= entry.untilMs ? undefined : entry.caller;
  }

  /** @param expiresAtMs epoch milliseconds */
  add(token: string, caller: Caller, expiresAtMs: number): void {
    this.#entries.set(hash(token), { caller, untilMs: Math.min(expiresAtMs, Date.now() + MAX_TTL_MS) });
  }
}

const hash = (token: string): string => sha256(token).toString("base64");
