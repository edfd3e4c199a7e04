import { createHash } from "node:crypto";
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
  readonly #entries = new Map<string, { caller: Caller; until: number }>();

  get(token: string): Caller | undefined {
    const key = hash(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // A map keeps the order of insertion.
    this.#entries.delete(key);
    if (Date.now() >= entry.until) return undefined;
    this.#entries.set(key, entry);
    return entry.caller;
  }

  /** @param expires epoch milliseconds */
  add(token: string, caller: Caller, expires: number): void {
    this.#entries.set(hash(token), { caller, until: Math.min(expires, Date.now() + LONGEST_LIFE) });
    if (this.#entries.size <= MOST) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

const hash = (token: string): string => createHash("sha256").update(token).digest("base64");
