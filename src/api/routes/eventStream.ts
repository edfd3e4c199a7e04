import type { ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { EventStreamLimits } from "../../domain/httpLimits.js";
import type { SseClient, Subscription } from "../../views/events/subscription.js";
import { type DrainController, markAsStreaming } from "../http/requestContext.js";

/** Headers of a stream of server-sent events, which are UTF-8. */
export const EVENT_STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // Without it, nginx delays events to send several at once.
  "x-accel-buffering": "no",
};

/** How long a client may take to read the end of a stream. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Sends the events of a subscription until the client disconnects or lags too far, the time limit passes, or draining
 * starts.
 *
 * @param options.isSignedIn whether the caller is still signed in; the stream of one who is not ends with the next heartbeat
 */
export function streamEvents(
  response: ServerResponse,
  subscription: Subscription,
  {
    limits: { heartbeatSeconds, maxSeconds, maxBufferBytes },
    draining,
    isSignedIn = async () => true,
    log,
  }: {
    limits: EventStreamLimits;
    draining: DrainController;
    isSignedIn?: (() => Promise<boolean>) | undefined;
    log: Logger;
  },
): void {
  if (response.destroyed) {
    subscription.close();
    return;
  }
  markAsStreaming(response);
  response.writeHead(200, EVENT_STREAM_HEADERS);
  const client = createSseClient(response, maxBufferBytes, log);
  subscription.start(client);
  const heartbeat = async () => {
    // Without Redis, the next heartbeat checks it.
    if (await isSignedIn().catch(() => true)) subscription.sendHeartbeat();
    else client.disconnect();
  };
  const heartbeatTimer = setInterval(() => void heartbeat(), heartbeatSeconds * 1000);
  const maxDurationTimer = setTimeout(client.disconnect, maxSeconds * 1000);
  const removeDrainListener = draining.onDrainStart(client.disconnect);
  response.once("close", () => {
    subscription.close();
    clearInterval(heartbeatTimer);
    clearTimeout(maxDurationTimer);
    removeDrainListener();
  });
}

const createSseClient = (response: ServerResponse, maxBufferBytes: number, log: Logger): SseClient => ({
  send(events) {
    if (response.writableEnded || response.destroyed) return;
    // The check precedes the write: one large batch does not mean that the client lags.
    if (response.writableLength <= maxBufferBytes) response.write(events);
    else {
      log.info("a subscriber does not read its events; its connection is closed, and it may reconnect");
      response.destroy();
    }
  },

  async waitUntilDrained() {
    if (!response.writableNeedDrain || response.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off("drain", done).off("close", done);
        resolve();
      };
      response.on("drain", done).on("close", done);
    });
  },

  /** The timer cuts a client that does not read, which would delay the shutdown. */
  disconnect() {
    if (response.writableEnded) return;
    response.end();
    const timer = setTimeout(() => response.destroy(), CLOSE_TIMEOUT_MS);
    response.once("close", () => clearTimeout(timer));
  },
});
