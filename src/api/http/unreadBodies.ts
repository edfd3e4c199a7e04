import type { IncomingMessage, ServerResponse } from "node:http";
import { hasBody } from "./bodyBytes.js";

/** Milliseconds between two pieces of 64 KiB: 12 MiB/s of all unread bodies together. */
const DISCARD_INTERVAL_MS = 5;
/** Of one body. A client that sends more does not read its response. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
/** Beyond, the oldest one's connection is closed: its client had the most time to read its response. */
const MAX_DISCARDED_BODIES = 32;

/** The requests whose bodies are being discarded, in turn. */
let discarded: { request: IncomingMessage; bytes: number }[] = [];

/**
 * Discards what is unread of a request's body when its response is sent. Call it before the request is handled.
 *
 * Node would read the rest as fast as it comes, which costs as much as to serve the request. To close the connection at
 * once would make the kernel reset it, and a client that still sends may lose the response.
 */
export function discardUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request)) return;
  // Node discards a body that nothing has begun to read.
  request.read(0);
  response.once("finish", () => {
    if (!endsWithoutWaiting(request)) startDiscarding(request);
  });
}

/** Drops the rest of a body that has arrived completely. Its connection may serve the next request already. */
function endsWithoutWaiting(request: IncomingMessage): boolean {
  if (request.complete) request.resume();
  return request.complete || request.destroyed;
}

function startDiscarding(request: IncomingMessage): void {
  request.pause();
  if (discarded.length === 0) setTimeout(discardPiece, DISCARD_INTERVAL_MS).unref();
  discarded.push({ request, bytes: 0 });
  if (discarded.length > MAX_DISCARDED_BODIES)
    discarded = discarded.filter((each) => !endsWithoutWaiting(each.request));
  if (discarded.length > MAX_DISCARDED_BODIES) discarded.shift()?.request.socket.destroy();
}

/** Discards a piece of the body whose turn it is. */
function discardPiece(): void {
  const next = discarded.shift();
  if (next !== undefined && !endsWithoutWaiting(next.request)) {
    const { request } = next;
    next.bytes += (request.read() as Buffer | null)?.length ?? 0;
    if (next.bytes > MAX_DISCARDED_BYTES) request.socket.destroy();
    else discarded.push(next);
  }
  if (discarded.length > 0) setTimeout(discardPiece, DISCARD_INTERVAL_MS).unref();
}
