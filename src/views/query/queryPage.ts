import { encodeCursor, type WalkPosition } from "./cursor.js";

/** One page of a query. */
export interface QueryPage {
  /** JSON texts of the matches. */
  readonly items: string[];
  /** Null exactly if the walk reached the end of the collection. */
  readonly nextAfter: string | null;
}

/** Formats a page as the parts of a response body. {@link QueryPageBuilder} counts its bytes. */
export function formatPage(envelope: string, { items, nextAfter }: QueryPage): string[] {
  const texts = items.flatMap((item, index) => (index === 0 ? [item] : [",", item]));
  return [`{${JSON.stringify(envelope)}:[`, ...texts, `],"next_after":${JSON.stringify(nextAfter)}}`];
}

/** No cursor is longer, as JSON. */
const MAX_CURSOR_BYTES = 128;

/** Bytes of a cursor as JSON. Its exact size, which takes longer to compute, counts only where less than the maximum is left. */
const cursorBytes = (position: WalkPosition, left: number): number =>
  left >= MAX_CURSOR_BYTES ? MAX_CURSOR_BYTES : encodeCursor(position).length + '""'.length;

/** Collects matches up to the maximum size of a response. */
export class QueryPageBuilder {
  readonly #maxBytes: number;
  readonly #items: string[] = [];
  /** Bytes of a response with these items and an empty `next_after`. */
  #bytes: number;
  #last: WalkPosition | undefined;
  /** A match that fits only on the last page, where `next_after` is null and shorter than a cursor. */
  #finalItem: string | undefined;

  /** @param maxBytes of the whole response, in UTF-8 */
  constructor(envelope: string, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.byteLength(formatPage(envelope, { items: [], nextAfter: "" }).join("")) - '""'.length;
  }

  /** How full the page is, from 0 to 1. */
  get filledPart(): number {
    return Math.min(1, this.#bytes / this.#maxBytes);
  }

  /**
   * Adds the next match. The first match is added whatever its size.
   *
   * @returns the finished page if the match does not fit
   */
  add(item: string, position: WalkPosition): QueryPage | undefined {
    if (this.#finalItem !== undefined) return this.#buildPartialPage(this.#last);
    const bytes = this.#bytes + Buffer.byteLength(item) + (this.#items.length > 0 ? ",".length : 0);
    if (this.#items.length === 0 || bytes + cursorBytes(position, this.#maxBytes - bytes) <= this.#maxBytes) {
      this.#items.push(item);
      this.#bytes = bytes;
      this.#last = position;
      return undefined;
    }
    if (bytes + "null".length > this.#maxBytes) return this.#buildPartialPage(this.#last);
    this.#finalItem = item;
    return undefined;
  }

  /** Returns the last page: the walk has reached the end. */
  finish(): QueryPage {
    const items = this.#finalItem === undefined ? this.#items : [...this.#items, this.#finalItem];
    return { items, nextAfter: null };
  }

  /** Returns a page that ends before the walk does. @param position of the last entity that was looked at */
  interrupt(position: WalkPosition): QueryPage {
    // A match that waits for the last page begins the next one. The cursors have about the same length.
    return this.#buildPartialPage(this.#finalItem === undefined ? position : this.#last);
  }

  #buildPartialPage(position: WalkPosition | undefined): QueryPage {
    return { items: this.#items, nextAfter: position === undefined ? null : encodeCursor(position) };
  }
}
