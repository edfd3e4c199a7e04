import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isEndless } from "./streamingResponse.js";

/** An answer that is being made or sent, and when its request's head arrived, in milliseconds of `performance.now()`. */
interface Open {
  response: ServerResponse;
  since: number;
}

/**
 * The answers under way on each connection. One look at all of them now and then costs nothing for each request, as a timer
 * would.
 */
export class OpenAnswers {
  /** Oldest first; what is finished is dropped when the next one begins. */
  readonly #open = new Map<unknown, Open[]>();

  /** @param interval milliseconds between two looks for answers that are older than `patience` milliseconds: their connections are cut */
  constructor(server: Server, { patience, interval }: { patience: number; interval: number }) {
    server.on("connection", (socket) => {
      this.#open.set(socket, []);
      socket.once("close", () => this.#open.delete(socket));
    });
    const looking = setInterval(() => this.#cut(performance.now() - patience), interval).unref();
    server.once("close", () => clearInterval(looking));
  }

  begin(socket: Socket, response: ServerResponse): void {
    const open = this.#open.get(socket);
    if (open === undefined) return;
    dropFinished(open);
    open.push({ response, since: performance.now() });
  }

  /** The answer that a connection has to carry last, of those that are not sent yet; undefined: none. */
  lastOn(socket: unknown): ServerResponse | undefined {
    const open = this.#open.get(socket) ?? [];
    dropFinished(open);
    return open.at(-1)?.response;
  }

  /** The answer that was begun last on a connection and may have been sent just now; undefined: none. */
  latestOn(socket: unknown): ServerResponse | undefined {
    return this.#open.get(socket)?.at(-1)?.response;
  }

  #cut(before: number): void {
    for (const open of this.#open.values()) {
      dropFinished(open);
      const [oldest] = open;
      if (oldest !== undefined && oldest.since < before && !isEndless(oldest.response))
        oldest.response.destroy();
    }
  }
}

/** Answers end in the order in which they were asked for. */
function dropFinished(open: Open[]): void {
  while (open[0]?.response.writableFinished) open.shift();
}
