import { splitIntoBatches } from "../../domain/lists.js";
import { encodeCursor, type WalkPosition } from "./cursor.js";

/** One page of an answer. */
export interface QueryPage {
  /** JSON texts of the matches. */
  readonly items: string[];
  /** Null exactly when no further match stood there. */
  readonly nextAfter: string | null;
}

/** Matches in a piece of a page's text. */
const MATCHES_PER_CHUNK = 50;

/** A page as the body of an answer, whose bytes {@link QueryPageBuilder} counts, in pieces: it may have megabytes. */
export function formatPageChunks(envelope: string, { items, nextAfter }: QueryPage): string[] {
  const chunks = [`{${JSON.stringify(envelope)}:[`];
  for (const [index, batch] of splitIntoBatches(items, MATCHES_PER_CHUNK).entries())
    chunks.push((index === 0 ? "" : ",") + batch.join(","));
  chunks.push(`],"next_after":${JSON.stringify(nextAfter)}}`);
  return chunks;
}

/** Collects matches until the answer would be too long. */
export class QueryPageBuilder {
  readonly #maxBytes: number;
  readonly #items: string[] = [];
  /** Bytes of an answer with these items and an empty `next_after`. */
  #bytes: number;
  #last: WalkPosition | undefined;
  /** Has room only if nothing follows it, since null is shorter than a cursor. */
  #finalItem: string | undefined;

  /** @param maxBytes of the whole answer, in UTF-8 */
  constructor(envelope: string, maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#bytes = Buffer.byteLength(formatPageChunks(envelope, { items: [], nextAfter: "" }).join("")) - '""'.length;
  }

  /**
   * Adds the next match. The first one is always taken.
   *
   * @returns the finished page when the match had no room
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

  /** The page when there is no further match. */
  finish(): QueryPage {
    const items = this.#finalItem === undefined ? this.#items : [...this.#items, this.#finalItem];
    return { items, nextAfter: null };
  }

  #buildPartialPage(): QueryPage {
    return { items: this.#items, nextAfter: this.#last === undefined ? null : encodeCursor(this.#last) };
  }
}
