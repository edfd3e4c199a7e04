import { batchesOf } from "../../domain/batchesOf.js";
import { encodeCursor, type WalkPosition } from "./cursor.js";

/** One page of a query. */
export interface QueryPage {
  /** JSON texts of the matches. */
  readonly items: string[];
  /** Null exactly if there is no further match. */
  readonly nextAfter: string | null;
}

/** Formats a page as a response body, in chunks, because it may have megabytes. {@link QueryPageBuilder} counts its bytes. */
export function formatPageChunks(envelope: string, { items, nextAfter }: QueryPage): string[] {
  const batches = [...batchesOf(items, 50)].map((batch, index) => (index === 0 ? "" : ",") + batch.join(","));
  return [`{${JSON.stringify(envelope)}:[`, ...batches, `],"next_after":${JSON.stringify(nextAfter)}}`];
}

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
    this.#bytes = Buffer.byteLength(formatPageChunks(envelope, { items: [], nextAfter: "" }).join("")) - '""'.length;
  }

  /**
   * Adds the next match. The first match is added whatever its size.
   *
   * @returns the finished page if the match does not fit
   */
  add(item: string, position: WalkPosition): QueryPage | undefined {
    if (this.#finalItem !== undefined) return this.#buildPartialPage();
    const bytes = this.#bytes + Buffer.byteLength(item) + (this.#items.length > 0 ? ",".length : 0);
    const cursor = JSON.stringify(encodeCursor(position));
    if (this.#items.length === 0 || bytes + cursor.length <= this.#maxBytes) {
      this.#items.push(item);
      this.#bytes = bytes;
      this.#last = position;
      return undefined;
    }
    if (bytes + "null".length > this.#maxBytes) return this.#buildPartialPage();
    this.#finalItem = item;
    return undefined;
  }

  /** Returns the last page. */
  finish(): QueryPage {
    const items = this.#finalItem === undefined ? this.#items : [...this.#items, this.#finalItem];
    return { items, nextAfter: null };
  }

  #buildPartialPage(): QueryPage {
    return { items: this.#items, nextAfter: this.#last === undefined ? null : encodeCursor(this.#last) };
  }
}
