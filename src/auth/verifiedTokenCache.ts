import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Caller } from "../domain/caller.js";

/** Milliseconds that a token counts without another look: as long may one whose key was withdrawn. */
const MAX_TTL_MS = 2 * 60_000;
/** Tokens at a time; the one that was not used for longest goes first. */
const MAX_TOKENS = 1000;

/**
 * Tokens that were found good a moment ago. Verifying one takes half as long as serving a read. Their hashes are kept,
 * not the tokens.
 */
export class VerifiedTokenCache {
  readonly #entries = new LRUCache<string, { caller: Caller; until: number }>({ max: MAX_TOKENS });

  get(token: string): Caller | undefined {
    const entry = this.#entries.get(sha256(token));
    return entry === undefined || Date.now() >= entry.until ? undefined : entry.caller;
  }

  /** @param expiresAtMs epoch milliseconds */
  add(token: string, caller: Caller, expiresAtMs: number): void {
    this.#entries.set(sha256(token), { caller, until: Math.min(expiresAtMs, Date.now() + MAX_TTL_MS) });
  }
}

const sha256 = (token: string): string => createHash("sha256").update(token).digest("base64");
