import type { OutgoingHttpHeaders, ServerResponse } from "node:http";

/** Headers of every answer but those that are pages. */
export const JSON_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
};

/** How an answer that is no plain 200 differs. */
export interface AnswerOptions {
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
  { reason, headers }: AnswerOptions = {},
): void {
  const body = Buffer.from(text);
  const head = { ...headers, ...JSON_HEADERS, "content-length": body.length };
  if (reason === undefined) response.writeHead(status, head);
  else response.writeHead(status, reason, head);
  response.end(body);
}
