import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Client, Watch } from "../../views/events/subscription.js";
import type { Draining } from "../http/drainController.js";
import { markEndless } from "../http/streamingResponse.js";

/** HTTP's content type of server-sent events; they are UTF-8. */
export const EVENT_STREAM = "text/event-stream";

const HEADERS = {
  "content-type": EVENT_STREAM,
  "cache-control": "no-store",
  // nginx would gather events to send many at once.
  "x-accel-buffering": "no",
};

/** Milliseconds that a client has to take the end of a stream. */
const LINGER = 1000;

/** How streams of events are kept up. */
export interface StreamLimits {
  /** Between two signs of life. */
  heartbeatSeconds: number;
  /** After which a stream ends. Its client resumes, and is checked again: it may have lost its role. */
  longestSeconds: number;
  /** Bytes that wait for a client which does not read. Beyond, it loses its connection. */
  bufferBytes: number;
}

/** Sends the head of a stream. */
export const beginStream = (response: ServerResponse): void => void response.writeHead(200, HEADERS);

/** Sends what a watch tells, until the client goes away, falls behind, or has to come again. */
export function streamEvents(
  response: ServerResponse,
  watch: Watch,
  {
    heartbeatSeconds,
    longestSeconds,
    bufferBytes,
    draining,
    log,
  }: StreamLimits & { draining: Draining; log: Logger },
): void {
  if (response.destroyed) {
    watch.close();
    return;
  }
  markEndless(response);
  beginStream(response);
  const client = new ResponseClient(response, bufferBytes, log);
  watch.begin(client);
  const end = () => client.end();
  const beating = setInterval(() => watch.sendHeartbeat(), heartbeatSeconds * 1000);
  const ending = setTimeout(end, longestSeconds * 1000);
  const forget = draining.whenBegun(end);
  response.once("close", () => {
    watch.close();
    clearInterval(beating);
    clearTimeout(ending);
    forget();
  });
}

class ResponseClient implements Client {
  readonly #response: ServerResponse;
  readonly #most: number;
  readonly #log: Logger;

  constructor(response: ServerResponse, most: number, log: Logger) {
    this.#response = response;
    this.#most = most;
    this.#log = log;
  }

  send(frames: Buffer): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    // Looked at before: however much comes at once, it is no sign of anything.
    if (this.#response.writableLength <= this.#most) this.#response.write(frames);
    else {
      this.#log.info("a watcher does not read what is sent to it: it has to come again");
      this.#response.destroy();
    }
  }

  async taken(): Promise<void> {
    if (!this.#response.writableNeedDrain || this.#response.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#response.off("drain", done).off("close", done);
        resolve();
      };
      this.#response.on("drain", done).on("close", done);
    });
  }

  /** One that does not read would hold up the end. */
  end(): void {
    if (this.#response.writableEnded) return;
    this.#response.end();
    const lingering = setTimeout(() => this.#response.destroy(), LINGER);
    this.#response.once("close", () => clearTimeout(lingering));
  }
}
