import type { ServerResponse } from "node:http";

/**
 * Whether the process is about to end. From then on every answer says `Connection: close`, those to requests under way too:
 * a client that kept its connection learns with an answer that it must take another one. A connection that is closed
 * without a word may break just under the client's next request, and nobody could tell whether that one was served.
 */
export class Draining {
  readonly #underWay = new Set<ServerResponse>();
  readonly #whenBegun = new Set<() => void>();
  #begun = false;

  get begun(): boolean {
    return this.#begun;
  }

  begin(): void {
    this.#begun = true;
    for (const response of this.#underWay) announceEnd(response);
    for (const end of this.#whenBegun) end();
  }

  /** Calls what ends an answer that would not end by itself, at once if it is late. @returns forgets it again */
  whenBegun(end: () => void): () => void {
    this.#whenBegun.add(end);
    if (this.#begun) end();
    return () => this.#whenBegun.delete(end);
  }

  /** A request has come. */
  enter(response: ServerResponse): void {
    this.#underWay.add(response);
    if (this.#begun) announceEnd(response);
  }

  /** It is answered, or its client has gone. */
  leave(response: ServerResponse): void {
    this.#underWay.delete(response);
  }
}

function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
