import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type ErrorKind, WmsError } from "../../domain/wmsError.js";
import { shortened } from "../../domain/truncateText.js";
import { sendJson } from "./jsonResponses.js";
import { isOutage } from "./redisUnavailable.js";

/** An error as the client sees it. The message is HTTP's reason phrase and the body's `error`. */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const STATUS_OF: Record<ErrorKind, number> = {
  unauthenticated: 401,
  forbidden: 403,
  invalid: 400,
  "not-found": 404,
  conflict: 422,
  "under-way": 409,
  "upstream-refused": 502,
  unavailable: 503,
};

/** Seconds after which a request may find Redis again. */
const REDIS_PATIENCE = 5;

const retryAfter = (seconds: number): OutgoingHttpHeaders => ({ "retry-after": String(Math.ceil(seconds)) });

function headersOf({ kind, retryAfterSeconds }: WmsError): OutgoingHttpHeaders {
  if (kind === "unavailable" || kind === "under-way") return retryAfter(retryAfterSeconds ?? REDIS_PATIENCE);
  return kind === "unauthenticated" ? { "www-authenticate": "Bearer" } : {};
}

/**
 * What the client is told of an error of any origin. What nobody foresaw is a 500 that says nothing.
 */
export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof WmsError) {
    return new HttpError(STATUS_OF[error.kind], error.message, headersOf(error));
  }
  const aboutRequest = fromExpress(error);
  if (aboutRequest !== undefined) return aboutRequest;
  if (isOutage(error))
    return new HttpError(503, "the database is not available, try again later", retryAfter(REDIS_PATIENCE));
  return new HttpError(500, "internal server error");
}

/** Errors that Express and its body reader raise about a request carry a status below 500. */
function fromExpress(error: unknown): HttpError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type, limit } = error as { status?: unknown; type?: unknown; limit?: unknown };
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  if (type === "entity.too.large") return tooLarge(Number(limit));
  if (error instanceof URIError) return new HttpError(400, `path: ${error.message}`);
  return new HttpError(400, `body: ${error.message}`);
}

/** What is told of a body that is longer than so many bytes. */
export const tooLarge = (limit: number): HttpError => new HttpError(413, `body: larger than ${inMib(limit)}`);

const MIB = 1024 * 1024;
const inMib = (bytes: number): string => (bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`);

/** Characters of an error's text in the body. What makes a text longer are values that the client knows anyway. */
const LONGEST_TEXT = 1000;
/** Characters of a reason phrase: clients limit the length of the status line. */
const LONGEST_PHRASE = 500;

/** A text as HTTP's reason phrase: printable Latin-1, with one `?` for each other character, and not too long. */
export const reasonPhrase = (text: string): string =>
  text.replace(/[^\x20-\x7e\xa0-\xff]/gu, "?").slice(0, LONGEST_PHRASE);

/** The reason phrase and the body of an error: both tell the same. */
export function errorParts({ status, message }: HttpError): { reason: string; text: string } {
  const error = shortened(message, LONGEST_TEXT);
  return { reason: reasonPhrase(error), text: JSON.stringify({ code: status, error }) };
}

/** Answers with an error. */
export function sendError(response: ServerResponse, error: HttpError): void {
  const { reason, text } = errorParts(error);
  sendJson(response, error.status, text, { reason, headers: error.headers });
}
