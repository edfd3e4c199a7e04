import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import { showEarlyIds } from "../../domain/earlyIds.js";
import { isRedisUnavailable } from "../../domain/redisOutage.js";
import { textPieces } from "../../domain/textPieces.js";
import { createYielder } from "../../domain/time.js";
import { truncateText } from "../../domain/truncateText.js";
import { type ErrorKind, WmsError } from "../../domain/wmsError.js";
import { securityHeaders } from "./contentSecurityPolicy.js";
import { createRefusalLog } from "./refusalLog.js";
import { requestContextOf } from "./requestContext.js";

/** For responses that are not pages: a browser does not show, run or frame them, or pass them to another site. */
const setApiHeaders = securityHeaders(
  { defaultSrc: ["'none'"] },
  {
    // These are about windows and plug-ins, which need a page.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  },
);

const unsentResponse = new ServerResponse(new IncomingMessage(new Socket()));
setApiHeaders(unsentResponse.req, unsentResponse, () => undefined);
/** The headers that helmet sets on every response. They are constant, so helmet runs once. */
export const SECURITY_HEADERS: readonly [name: string, value: string][] = Object.entries(
  unsentResponse.getHeaders(),
).map(([name, value]) => [name, String(value)]);

/** Sets the security headers of a response. Pages replace them with their own. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
}

/** Headers of every response that is not a page. */
export const JSON_HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
};

/**
 * Sends JSON text as bytes. Node would join a string to the head and encode both as UTF-8, but a reason phrase is
 * Latin-1. It is also cheaper than Express's `response.json`.
 *
 * @param reason see {@link reasonPhrase}; by default Node's phrase for the status
 */
export function sendJson(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
  reason?: string,
): void {
  const body = Buffer.from(text);
  const head = { ...headers, ...JSON_HEADERS, "content-length": body.length };
  if (reason === undefined) response.writeHead(status, head);
  else response.writeHead(status, reason, head);
  response.end(body);
}

/** The longest text, in characters or bytes, that is encoded or parsed in one go, which takes 1 or 2 ms. */
export const SYNC_TEXT_MAX_LENGTH = 250_000;

/**
 * Sends JSON text whose parts may be long, piece by piece, each when the client has taken the one before: to encode 20 MB
 * at once would block all other requests for a tenth of a second, and hold them twice.
 */
export async function sendLongJson(
  response: ServerResponse,
  status: number,
  texts: readonly string[],
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= SYNC_TEXT_MAX_LENGTH) return sendJson(response, status, showEarlyIds(texts.join("")), headers);
  const pause = createYielder();
  const shown: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    await pause();
    const shownText = showEarlyIds(text);
    shown.push(shownText);
    bytes += Buffer.byteLength(shownText);
  }
  response.writeHead(status, { ...headers, ...JSON_HEADERS, "content-length": bytes });
  async function* encode(): AsyncGenerator<Buffer> {
    for (const piece of textPieces(shown, SYNC_TEXT_MAX_LENGTH)) {
      await pause();
      yield Buffer.from(piece);
    }
  }
  await pipeline(encode, response).catch((error: unknown) => {
    throw response.destroyed ? new ClientGoneError() : error;
  });
}

/** An error as the client receives it. The message is the HTTP reason phrase and the body's `error`. */
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

/** The client disconnected, so its request was abandoned: there is no one to respond to. */
export class ClientGoneError extends Error {
  override name = "ClientGoneError";
  override message = "the client disconnected";
}

/** Creates a signal that is aborted when a response is closed before its end. */
export function disconnectSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort(new ClientGoneError());
  if (response.destroyed) abort();
  else response.once("close", abort);
  return controller.signal;
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

const retryAfterHeader = (seconds = 5): OutgoingHttpHeaders => ({ "retry-after": String(Math.ceil(seconds)) });

function errorHeadersOf({ kind, retryAfterSeconds }: WmsError): OutgoingHttpHeaders {
  if (kind === "unavailable" || kind === "under-way") return retryAfterHeader(retryAfterSeconds);
  return kind === "unauthenticated" ? { "www-authenticate": "Bearer" } : {};
}

/** Converts an error of any origin. An unexpected one becomes a 500 without details. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof WmsError)
    return new HttpError(HTTP_STATUS_BY_KIND[error.kind], error.message, errorHeadersOf(error));
  const requestError = fromExpressError(error);
  if (requestError !== undefined) return requestError;
  if (isRedisUnavailable(error))
    return new HttpError(503, "the database is not available, try again later", retryAfterHeader());
  return new HttpError(500, "internal server error");
}

/** Express and the body readers of pages put a status below 500 on errors that are the client's fault. */
function fromExpressError(error: unknown): HttpError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, type, limit } = error as { status?: unknown; type?: unknown; limit?: unknown };
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  if (type === "entity.too.large") return bodyTooLarge(Number(limit));
  if (error instanceof URIError) return new HttpError(400, `path: ${error.message}`);
  return new HttpError(400, `body: ${error.message}`);
}

/** The error for a body of more than `maxBytes` bytes. The rest of it stays unread, so the connection closes. */
export const bodyTooLarge = (maxBytes: number): HttpError =>
  new HttpError(413, `body: larger than ${formatBytes(maxBytes)}`, { connection: "close" });

const BYTES_PER_MIB = 1024 * 1024;
const formatBytes = (bytes: number): string =>
  bytes % BYTES_PER_MIB === 0 ? `${bytes / BYTES_PER_MIB} MiB` : `${bytes} bytes`;

/**
 * Makes a text an HTTP reason phrase: printable Latin-1, with `?` for any other character, and at most 500 characters,
 * because clients limit the length of the status line.
 */
export const reasonPhrase = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]/gu, "?").slice(0, 500);

/** The reason phrase and the JSON body of an error. A long text quotes values that the client sent, and is truncated. */
export function errorReasonAndBody({ status, message }: HttpError): { reason: string; text: string } {
  const error = truncateText(showEarlyIds(message), 1000);
  return { reason: reasonPhrase(error), text: JSON.stringify({ code: status, error }) };
}

/** Sends an error response. */
export function sendError(response: ServerResponse, error: HttpError): void {
  const { reason, text } = errorReasonAndBody(error);
  sendJson(response, error.status, text, error.headers, reason);
}

/** Rejects a request that no route serves. */
export const rejectUnknownPath: RequestHandler = ({ path }) => {
  throw new HttpError(404, `path not found: ${path}`);
};

/** Responds to every error, and logs those from 500 on. Express recognizes an error handler by its four parameters. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  const logRefusal = createRefusalLog(log);
  return (error: unknown, request, response, _next) => {
    if (error instanceof ClientGoneError) return;
    const httpError = toHttpError(error);
    const logFields = { request: requestContextOf(response).id, method: request.method, path: request.path };
    if (httpError.status === 500) log.error({ err: error, ...logFields }, "a request failed");
    else if (httpError.status > 500) {
      logRefusal(error);
      log.debug({ err: error, ...logFields }, "a request could not be served");
    }
    if (response.headersSent) response.destroy();
    else sendError(response, httpError);
  };
}
