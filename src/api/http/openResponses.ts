import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isStreamingResponse } from "./streamingResponse.js";

/** An answer that is being made or sent, and when its request's head arrived, in milliseconds of `performance.now()`. */
interface OpenResponse {
  response: ServerResponse;
  startedAtMs: number;
}

/**
 * The answers under way on each connection. One look at all of them now and then costs nothing for each request, as a timer
 * would.
 */
export class OpenResponses {
  /** Oldest first; what is finished is dropped when the next one begins. */
  readonly #openBySocket = new Map<unknown, OpenResponse[]>();

  /** @param interval milliseconds between two looks for answers that are older than `patience` milliseconds: their connections are cut */
  constructor(server: Server, { patience, interval }: { patience: number; interval: number }) {
    server.on("connection", (socket) => {
      this.#openBySocket.set(socket, []);
      socket.once("close", () => this.#openBySocket.delete(socket));
    });
    const looking = setInterval(() => this.#destroyOverdue(performance.now() - patience), interval).unref();
    server.once("close", () => clearInterval(looking));
  }

  add(socket: Socket, response: ServerResponse): void {
    const open = this.#openBySocket.get(socket);
    if (open === undefined) return;
    dropSent(open);
    open.push({ response, startedAtMs: performance.now() });
  }

  /** The answer that a connection has to carry last, of those that are not sent yet; undefined: none. */
  lastUnsentOn(socket: unknown): ServerResponse | undefined {
    const open = this.#openBySocket.get(socket) ?? [];
    dropSent(open);
    return open.at(-1)?.response;
  }

  /** The answer that was begun last on a connection and may have been sent just now; undefined: none. */
  latestOn(socket: unknown): ServerResponse | undefined {
    return this.#openBySocket.get(socket)?.at(-1)?.response;
  }

  #destroyOverdue(before: number): void {
    for (const open of this.#openBySocket.values()) {
      dropSent(open);
      const [oldest] = open;
      if (oldest !== undefined && oldest.startedAtMs < before && !isStreamingResponse(oldest.response))
        oldest.response.destroy();
    }
  }
}

/** Answers end in the order in which they were asked for. */
function dropSent(open: OpenResponse[]): void {
  while (open[0]?.response.writableFinished) open.shift();
}
