import type { WalkPosition } from "./cursor.js";
import { MAX_BUFFERED_ENTRIES } from "./limits.js";

/**
 * Collects index entries in any order, and keeps those nearest to the start of the walk: ranges of indexes may hold more
 * entries than fit into memory.
 */
export class NearestEntries {
  readonly #from: WalkPosition;
  readonly #compare: (one: WalkPosition, other: WalkPosition) => number;
  #entries: WalkPosition[] = [];
  #cut: WalkPosition | undefined;

  /** @param from entries up to this position are dropped */
  constructor(from: WalkPosition, compare: (one: WalkPosition, other: WalkPosition) => number) {
    this.#from = from;
    this.#compare = compare;
  }

  /** The position up to which the entries are complete; `end`: they all are. */
  get reached(): WalkPosition | "end" {
    return this.#cut ?? "end";
  }

  /** Adds entries in any order, also repeated ones. */
  add(entries: readonly WalkPosition[]): void {
    for (const entry of entries) {
      if (this.#compare(entry, this.#from) <= 0) continue;
      if (this.#cut !== undefined && this.#compare(entry, this.#cut) > 0) continue;
      this.#entries.push(entry);
    }
    if (this.#entries.length <= 2 * MAX_BUFFERED_ENTRIES) return;
    const sorted = this.#sorted();
    this.#entries = sorted.slice(0, MAX_BUFFERED_ENTRIES);
    const last = this.#entries.at(-1);
    if (last !== undefined && sorted.length > this.#entries.length) this.cutAt(last);
  }

  /** Marks the entries after a position as incomplete: {@link take} leaves them out. */
  cutAt(position: WalkPosition): void {
    if (this.#cut === undefined || this.#compare(position, this.#cut) < 0) this.#cut = position;
  }

  /** The entries up to {@link reached}, each once, in order. */
  take(): WalkPosition[] {
    const cut = this.#cut;
    const sorted = this.#sorted();
    return cut === undefined ? sorted : sorted.filter((entry) => this.#compare(entry, cut) <= 0);
  }

  #sorted(): WalkPosition[] {
    const sorted = this.#entries.sort(this.#compare);
    return sorted.filter((entry, index) => entry.member !== sorted[index - 1]?.member);
  }
}
