import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { EventStreamLimits } from "../../domain/httpLimits.js";
import type { SseClient, Subscription } from "../../views/events/subscription.js";
import { type DrainController, markAsStreaming } from "../http/requestContext.js";

/** The content type of server-sent events, which are UTF-8. */
export const EVENT_STREAM_CONTENT_TYPE = "text/event-stream";

const EVENT_STREAM_HEADERS = {
  "content-type": EVENT_STREAM_CONTENT_TYPE,
  "cache-control": "no-store",
  // Without it, nginx delays events to send several at once.
  "x-accel-buffering": "no",
};

/** How long a client may take to read the end of a stream. */
const CLOSE_TIMEOUT_MS = 1000;

/** Sends the head of a stream. */
export const sendEventStreamHead = (response: ServerResponse): void =>
  void response.writeHead(200, EVENT_STREAM_HEADERS);

/**
 * Sends the events of a subscription until the client disconnects or lags too far, the time limit passes, or draining
 * starts.
 */
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
  const disconnect = () => client.disconnect();
  const heartbeatTimer = setInterval(() => subscription.sendHeartbeat(), heartbeatSeconds * 1000);
  const maxDurationTimer = setTimeout(disconnect, maxSeconds * 1000);
  const removeDrainListener = draining.onDrainStart(disconnect);
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

  constructor(response: ServerResponse, maxBufferBytes: number, log: Logger) {
    this.#response = response;
    this.#maxBufferBytes = maxBufferBytes;
    this.#log = log;
  }

  send(events: Buffer): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    // The check precedes the write: one large batch does not mean that the client lags.
    if (this.#response.writableLength <= this.#maxBufferBytes) this.#response.write(events);
    else {
      this.#log.info("a subscriber does not read its events; its connection is closed, and it may reconnect");
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

  /** The timer cuts a client that does not read, which would delay the shutdown. */
  disconnect(): void {
    if (this.#response.writableEnded) return;
    this.#response.end();
    const timer = setTimeout(() => this.#response.destroy(), CLOSE_TIMEOUT_MS);
    this.#response.once("close", () => clearTimeout(timer));
  }
}
