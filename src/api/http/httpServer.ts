import {
  createServer as createHttpServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../domain/httpLimits.js";
import { errorReasonAndBody, HttpError, sendError } from "./httpErrors.js";
import { JSON_HEADERS } from "./jsonResponses.js";
import { lingeringClose } from "./lingeringClose.js";
import { messageClasses } from "./messageClasses.js";
import { OpenResponses } from "./openResponses.js";
import { SECURITY_HEADERS, setSecurityHeaders } from "./securityHeaders.js";
import { isStreamingResponse } from "./streamingResponse.js";

/**
 * Milliseconds that an idle connection is kept. A TMS polls more slowly than Node's default of 5 s, and a connection that
 * closes just as it sends a request costs it a repeated one.
 */
const KEEP_ALIVE_TIMEOUT_MS = 80_000;
/** Milliseconds between two looks for requests and answers that take too long. */
const TIMEOUT_CHECK_INTERVAL_MS = 1000;

/**
 * The HTTP server of an app. What Node would refuse on its own gets the same shape of answer as everything else, and no
 * client holds a connection longer than the limits say. Connections beyond their number are closed at once.
 */
export function createServer(app: RequestListener, limits: HttpLimits = DEFAULT_HTTP_LIMITS): Server {
  const options = {
    ...messageClasses(app),
    requireHostHeader: false,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
  };
  const server = createHttpServer(options, (request, response) => {
    // An earlier answer was the last one on this connection.
    if (request.socket.writableEnded) {
      request.socket.destroy();
      return;
    }
    openResponses.add(request.socket, response);
    setSecurityHeaders(response);
    if (request.headers.host === undefined && request.httpVersion === "1.1")
      rejectRequest(response, 400, "Host: missing header");
    else if (!isRequestTarget(request.url)) rejectRequest(response, 400, "the request's target is no address");
    else app(request, response);
  });
  const openResponses = new OpenResponses(server, {
    patience: 1000 * limits.responseSeconds,
    interval: TIMEOUT_CHECK_INTERVAL_MS,
  });
  server.on("connection", (socket) => {
    // So Node ends a connection behind its last answer, and that may be given before all of a body has come.
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      const request = openResponses.latestOn(socket)?.req;
      if (request === undefined || request.complete) destroySoon();
      else lingeringClose(socket, request);
    };
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.headersTimeout = 1000 * limits.headSeconds;
  server.requestTimeout = 1000 * limits.requestSeconds;
  server.maxConnections = limits.connections;
  server.on("checkExpectation", (_request, response) => {
    setSecurityHeaders(response);
    rejectRequest(response, 417, "Expect: only 100-continue is known");
  });
  server.on("connect", (_request, socket) =>
    rejectConnection(socket, new HttpError(405, "method not allowed: CONNECT", { allow: "GET, HEAD, POST" })),
  );
  const rejectedSockets = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // What still comes is no HTTP either. A connection that is cut with bytes unread would take the answer along.
    if (rejectedSockets.has(socket)) return;
    rejectedSockets.add(socket);
    const lastResponse = openResponses.lastUnsentOn(socket);
    if (lastResponse === undefined) rejectConnection(socket, toClientHttpError(error));
    // What was asked for before is answered before: it may have taken effect.
    else if (lastResponse.req.complete && !isStreamingResponse(lastResponse))
      lastResponse.once("finish", () => rejectConnection(socket, toClientHttpError(error)));
    // Between the bytes of an answer, those of another would be taken for a part of it.
    else if (lastResponse.headersSent) socket.destroy();
    else rejectConnection(socket, toClientHttpError(error));
  });
  return server;
}

/** A path, `*`, or a whole address. What is none would make Express, in Node's name, write to stderr past the log. */
const isRequestTarget = (url = ""): boolean => url.startsWith("/") || url === "*" || URL.canParse(url);

/** Answers a request that the app does not get to see. */
function rejectRequest(response: ServerResponse, status: number, message: string): void {
  sendError(response, new HttpError(status, message, { connection: "close" }));
}

/** What is wrong with a request that never became one. */
function toClientHttpError({ code }: NodeJS.ErrnoException): HttpError {
  if (code === "HPE_HEADER_OVERFLOW") return new HttpError(431, "the request's head is too large");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return new HttpError(413, "the chunk extensions are too large");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new HttpError(408, "the request did not arrive in time");
  return new HttpError(400, "malformed HTTP request");
}

/** Answers on the bare connection, and ends it. */
function rejectConnection(socket: Duplex, error: HttpError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { reason, text } = errorReasonAndBody(error);
  const headers = {
    ...Object.fromEntries(SECURITY_HEADERS),
    ...error.headers,
    ...JSON_HEADERS,
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const phrase = reason || STATUS_CODES[error.status];
  socket.write(Buffer.from(`HTTP/1.1 ${error.status} ${phrase}\r\n${lines.join("")}\r\n${text}`, "latin1"));
  lingeringClose(socket);
}
