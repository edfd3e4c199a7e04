import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { createYielder } from "../../domain/yielder.js";

/** Headers of every answer but those that are pages. */
export const JSON_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
};

/** How an answer that is no plain 200 differs. */
export interface ResponseOptions {
  /** HTTP's reason phrase; Node's own when undefined. It must be fit for the wire: see `reasonPhrase`. */
  reason?: string | undefined;
  headers?: OutgoingHttpHeaders | undefined;
}

/**
 * Sends JSON text. As bytes: a string would be glued to the head, which Node then encodes as UTF-8, and a reason phrase is
 * Latin-1. It is also cheaper than Express's own way.
 */
export function sendJson(
  response: ServerResponse,
  status: number,
  text: string,
  { reason, headers }: ResponseOptions = {},
): void {
  const body = Buffer.from(text);
  const head = { ...headers, ...JSON_HEADERS, "content-length": body.length };
  if (reason === undefined) response.writeHead(status, head);
  else response.writeHead(status, reason, head);
  response.end(body);
}

/** Characters of a text that is sent as a whole: to make its bytes takes about a millisecond at the most. */
const SINGLE_WRITE_MAX_CHARS = 250_000;

/**
 * Sends JSON text that comes in pieces. To make the bytes of a long one at once would keep everybody else waiting, up to a tenth of a
 * second for 20 MB.
 */
export async function sendJsonChunks(
  response: ServerResponse,
  status: number,
  chunks: readonly string[],
  headers?: OutgoingHttpHeaders,
): Promise<void> {
  if (chunks.reduce((sum, { length }) => sum + length, 0) <= SINGLE_WRITE_MAX_CHARS) {
    sendJson(response, status, chunks.join(""), { headers });
    return;
  }
  const pause = createYielder();
  const bodies: Buffer[] = [];
  for (const piece of chunks) {
    await pause();
    bodies.push(Buffer.from(piece));
  }
  const length = bodies.reduce((sum, body) => sum + body.length, 0);
  response.writeHead(status, { ...headers, ...JSON_HEADERS, "content-length": length });
  for (const body of bodies) {
    await pause();
    // Its client may have gone.
    if (response.destroyed) return;
    response.write(body);
  }
  response.end();
}
