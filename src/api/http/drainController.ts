import type { ServerResponse } from "node:http";

/**
 * Whether the process is about to end. From then on every answer says `Connection: close`, those to requests under way too:
 * a client that kept its connection learns with an answer that it must take another one. A connection that is closed
 * without a word may break just under the client's next request, and nobody could tell whether that one was served.
 */
export class DrainController {
  readonly #openResponses = new Set<ServerResponse>();
  readonly #drainListeners = new Set<() => void>();
  #isDraining = false;

  get isDraining(): boolean {
    return this.#isDraining;
  }

  startDraining(): void {
    this.#isDraining = true;
    for (const response of this.#openResponses) setConnectionClose(response);
    for (const end of this.#drainListeners) end();
  }

  /** Calls what ends an answer that would not end by itself, at once if it is late. @returns forgets it again */
  onDrainStart(end: () => void): () => void {
    this.#drainListeners.add(end);
    if (this.#isDraining) end();
    return () => this.#drainListeners.delete(end);
  }

  /** A request has come. */
  trackResponse(response: ServerResponse): void {
    this.#openResponses.add(response);
    if (this.#isDraining) setConnectionClose(response);
  }

  /** It is answered, or its client has gone. */
  untrackResponse(response: ServerResponse): void {
    this.#openResponses.delete(response);
  }
}

function setConnectionClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
