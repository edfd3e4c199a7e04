import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { EventStreamLimits } from "../../domain/httpLimits.js";
import type { SseClient, Subscription } from "../../views/events/subscription.js";
import type { DrainController } from "../http/drainController.js";
import { markAsStreaming } from "../http/streamingResponse.js";

/** HTTP's content type of server-sent events; they are UTF-8. */
export const EVENT_STREAM_CONTENT_TYPE = "text/event-stream";

const EVENT_STREAM_HEADERS = {
  "content-type": EVENT_STREAM_CONTENT_TYPE,
  "cache-control": "no-store",
  // nginx would gather events to send many at once.
  "x-accel-buffering": "no",
};

/** Milliseconds that a client has to take the end of a stream. */
const CLOSE_TIMEOUT_MS = 1000;

/** Sends the head of a stream. */
export const sendEventStreamHead = (response: ServerResponse): void =>
  void response.writeHead(200, EVENT_STREAM_HEADERS);

/** Sends what a watch tells, until the client goes away, falls behind, or has to come again. */
export function streamEvents(
  response: ServerResponse,
  subscription: Subscription,
  {
    heartbeatSeconds,
    maxSeconds,
    maxBufferBytes,
    draining,
    log,
  }: EventStreamLimits & { draining: DrainController; log: Logger },
): void {
  if (response.destroyed) {
    subscription.close();
    return;
  }
  markAsStreaming(response);
  sendEventStreamHead(response);
  const client = new ResponseSseClient(response, maxBufferBytes, log);
  subscription.start(client);
  const end = () => client.disconnect();
  const heartbeatTimer = setInterval(() => subscription.sendHeartbeat(), heartbeatSeconds * 1000);
  const maxDurationTimer = setTimeout(end, maxSeconds * 1000);
  const removeDrainListener = draining.onDrainStart(end);
  response.once("close", () => {
    subscription.close();
    clearInterval(heartbeatTimer);
    clearTimeout(maxDurationTimer);
    removeDrainListener();
  });
}

class ResponseSseClient implements SseClient {
  readonly #response: ServerResponse;
  readonly #maxBufferBytes: number;
  readonly #log: Logger;

  constructor(response: ServerResponse, most: number, log: Logger) {
    this.#response = response;
    this.#maxBufferBytes = most;
    this.#log = log;
  }

  send(frames: Buffer): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    // Looked at before: however much comes at once, it is no sign of anything.
    if (this.#response.writableLength <= this.#maxBufferBytes) this.#response.write(frames);
    else {
      this.#log.info("a watcher does not read what is sent to it: it has to come again");
      this.#response.destroy();
    }
  }

  async waitUntilDrained(): Promise<void> {
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
  disconnect(): void {
    if (this.#response.writableEnded) return;
    this.#response.end();
    const lingering = setTimeout(() => this.#response.destroy(), CLOSE_TIMEOUT_MS);
    this.#response.once("close", () => clearTimeout(lingering));
  }
}
