import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { truncateText } from "../../domain/truncateText.js";
import { type ErrorKind, WmsError } from "../../domain/wmsError.js";
import { sendJson } from "./jsonResponses.js";
import { isRedisUnavailable } from "./redisUnavailable.js";

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

const HTTP_STATUS_BY_KIND: Record<ErrorKind, number> = {
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
const REDIS_RETRY_AFTER_SECONDS = 5;

const retryAfterHeader = (seconds: number): OutgoingHttpHeaders => ({
  "retry-after": String(Math.ceil(seconds)),
});

function errorHeadersOf({ kind, retryAfterSeconds }: WmsError): OutgoingHttpHeaders {
  if (kind === "unavailable" || kind === "under-way")
    return retryAfterHeader(retryAfterSeconds ?? REDIS_RETRY_AFTER_SECONDS);
  return kind === "unauthenticated" ? { "www-authenticate": "Bearer" } : {};
}

/**
 * What the client is told of an error of any origin. What nobody foresaw is a 500 that says nothing.
 */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof WmsError) {
    return new HttpError(HTTP_STATUS_BY_KIND[error.kind], error.message, errorHeadersOf(error));
  }
  const requestError = fromExpressError(error);
  if (requestError !== undefined) return requestError;
  if (isRedisUnavailable(error))
    return new HttpError(
      503,
      "the database is not available, try again later",
      retryAfterHeader(REDIS_RETRY_AFTER_SECONDS),
    );
  return new HttpError(500, "internal server error");
}

/** Errors that Express and its body reader raise about a request carry a status below 500. */
function fromExpressError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type, limit } = error as { status?: unknown; type?: unknown; limit?: unknown };
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  if (type === "entity.too.large") return bodyTooLarge(Number(limit));
  if (error instanceof URIError) return new HttpError(400, `path: ${error.message}`);
  return new HttpError(400, `body: ${error.message}`);
}

/** What is told of a body that is longer than so many bytes. */
export const bodyTooLarge = (maxBytes: number): HttpError =>
  new HttpError(413, `body: larger than ${formatBytes(maxBytes)}`);

const BYTES_PER_MIB = 1024 * 1024;
const formatBytes = (bytes: number): string =>
  bytes % BYTES_PER_MIB === 0 ? `${bytes / BYTES_PER_MIB} MiB` : `${bytes} bytes`;

/** Characters of an error's text in the body. What makes a text longer are values that the client knows anyway. */
const MAX_ERROR_TEXT_CHARS = 1000;
/** Characters of a reason phrase: clients limit the length of the status line. */
const MAX_REASON_PHRASE_CHARS = 500;

/** A text as HTTP's reason phrase: printable Latin-1, with one `?` for each other character, and not too long. */
export const reasonPhrase = (text: string): string =>
  text.replace(/[^\x20-\x7e\xa0-\xff]/gu, "?").slice(0, MAX_REASON_PHRASE_CHARS);

/** The reason phrase and the body of an error: both tell the same. */
export function errorReasonAndBody({ status, message }: HttpError): { reason: string; text: string } {
  const error = truncateText(message, MAX_ERROR_TEXT_CHARS);
  return { reason: reasonPhrase(error), text: JSON.stringify({ code: status, error }) };
}

/** Answers with an error. */
export function sendError(response: ServerResponse, error: HttpError): void {
  const { reason, text } = errorReasonAndBody(error);
  sendJson(response, error.status, text, { reason, headers: error.headers });
}
