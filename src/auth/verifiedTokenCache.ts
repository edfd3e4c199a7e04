import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Caller } from "../domain/caller.js";

/** Milliseconds that a token counts without another look: as long may one whose key was withdrawn. */
const LONGEST_LIFE = 2 * 60_000;
/** Tokens at a time; the one that was not used for longest goes first. */
const MOST = 1000;

/**
 * Tokens that were found good a moment ago. Verifying one takes half as long as serving a read. Their hashes are kept,
 * not the tokens.
 */
export class VerifiedTokens {
  readonly #entries = new LRUCache<string, { caller: Caller; until: number }>({ max: MOST });

  get(token: string): Caller | undefined {
    const entry = this.#entries.get(hash(token));
    return entry === undefined || Date.now() >= entry.until ? undefined : entry.caller;
  }

  /** @param expires epoch milliseconds */
  add(token: string, caller: Caller, expires: number): void {
    this.#entries.set(hash(token), { caller, until: Math.min(expires, Date.now() + LONGEST_LIFE) });
  }
}

const hash = (token: string): string => createHash("sha256").update(token).digest("base64");
