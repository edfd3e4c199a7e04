import { encodeCursor, type Position } from "./cursor.js";

/** One page of an answer. */
export interface Page {
  /** JSON texts of the matches. */
  readonly items: string[];
  /** Null exactly when no further match stood there. */
  readonly nextAfter: string | null;
}

/** Matches in a piece of a page's text. */
const IN_A_PIECE = 50;

/** A page as the body of an answer, whose bytes {@link PageBuilder} counts, in pieces: it may have megabytes. */
export function pageText(envelope: string, { items, nextAfter }: Page): string[] {
  const pieces = [`{${JSON.stringify(envelope)}:[`];
  for (let start = 0; start < items.length; start += IN_A_PIECE) {
    const piece = items.slice(start, start + IN_A_PIECE).join(",");
    pieces.push(start === 0 ? piece : `,${piece}`);
  }
  pieces.push(`],"next_after":${JSON.stringify(nextAfter)}}`);
  return pieces;
}

/** Collects matches until the answer would be too long. */
export class PageBuilder {
  readonly #maxBytes: number;
  readonly #items: string[] = [];
  /** Bytes of an answer with these items and an empty `next_after`. */
  #bytes: number;
  #last: Position | undefined;
  /** Has room only if nothing follows it, since null is shorter than a cursor. */
  #lastOfAll: string | undefined;

  /** @param maxBytes of the whole answer, in UTF-8 */
  constructor(envelope: string, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.byteLength(pageText(envelope, { items: [], nextAfter: "" }).join("")) - '""'.length;
  }

  /**
   * Adds the next match. The first one is always taken.
   *
   * @returns the finished page when the match had no room
   */
  add(item: string, at: Position): Page | undefined {
    if (this.#lastOfAll !== undefined) return this.#broken();
    const bytes = this.#bytes + Buffer.byteLength(item) + (this.#items.length > 0 ? ",".length : 0);
    const cursor = JSON.stringify(encodeCursor(at));
    if (this.#items.length === 0 || bytes + cursor.length <= this.#maxBytes) {
      this.#items.push(item);
      this.#bytes = bytes;
      this.#last = at;
      return undefined;
    }
    if (bytes + "null".length > this.#maxBytes) return this.#broken();
    this.#lastOfAll = item;
    return undefined;
  }

  /** The page when there is no further match. */
  finish(): Page {
    const items = this.#lastOfAll === undefined ? this.#items : [...this.#items, this.#lastOfAll];
    return { items, nextAfter: null };
  }

  #broken(): Page {
    return { items: this.#items, nextAfter: this.#last === undefined ? null : encodeCursor(this.#last) };
  }
}
