import {
  createServer as createHttpServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { DEFAULT_LIMITS, type Limits } from "../../domain/httpLimits.js";
import { JSON_HEADERS } from "./jsonResponses.js";
import { isEndless } from "./streamingResponse.js";
import { errorParts, HttpError, sendError } from "./httpErrors.js";
import { endGently } from "./lingeringClose.js";
import { messageClasses } from "./messageClasses.js";
import { OpenAnswers } from "./openResponses.js";
import { SECURE_HEADERS, secure } from "./securityHeaders.js";

/**
 * Milliseconds that an idle connection is kept. A TMS polls more slowly than Node's default of 5 s, and a connection that
 * closes just as it sends a request costs it a repeated one.
 */
const KEEP_ALIVE = 80_000;
/** Milliseconds between two looks for requests and answers that take too long. */
const LOOK_FOR_SLOW = 1000;

/**
 * The HTTP server of an app. What Node would refuse on its own gets the same shape of answer as everything else, and no
 * client holds a connection longer than the limits say. Connections beyond their number are closed at once.
 */
export function createServer(app: RequestListener, limits: Limits = DEFAULT_LIMITS): Server {
  const options = {
    ...messageClasses(app),
    requireHostHeader: false,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: LOOK_FOR_SLOW,
  };
  const server = createHttpServer(options, (request, response) => {
    // An earlier answer was the last one on this connection.
    if (request.socket.writableEnded) {
      request.socket.destroy();
      return;
    }
    answers.begin(request.socket, response);
    secure(response);
    if (request.headers.host === undefined && request.httpVersion === "1.1")
      refuseRequest(response, 400, "Host: missing header");
    else if (!isTarget(request.url)) refuseRequest(response, 400, "the request's target is no address");
    else app(request, response);
  });
  const answers = new OpenAnswers(server, { patience: 1000 * limits.answerSeconds, interval: LOOK_FOR_SLOW });
  server.on("connection", (socket) => {
    // So Node ends a connection behind its last answer, and that may be given before all of a body has come.
    const destroySoon = socket.destroySoon.bind(socket);
    socket.destroySoon = () => {
      const request = answers.latestOn(socket)?.req;
      if (request === undefined || request.complete) destroySoon();
      else endGently(socket, request);
    };
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  server.headersTimeout = 1000 * limits.headSeconds;
  server.requestTimeout = 1000 * limits.requestSeconds;
  server.maxConnections = limits.connections;
  server.on("checkExpectation", (_request, response) => {
    secure(response);
    refuseRequest(response, 417, "Expect: only 100-continue is known");
  });
  server.on("connect", (_request, socket) =>
    refuse(socket, new HttpError(405, "method not allowed: CONNECT", { allow: "GET, HEAD, POST" })),
  );
  const refused = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // What still comes is no HTTP either. A connection that is cut with bytes unread would take the answer along.
    if (refused.has(socket)) return;
    refused.add(socket);
    const last = answers.lastOn(socket);
    if (last === undefined) refuse(socket, asRefusal(error));
    // What was asked for before is answered before: it may have taken effect.
    else if (last.req.complete && !isEndless(last))
      last.once("finish", () => refuse(socket, asRefusal(error)));
    // Between the bytes of an answer, those of another would be taken for a part of it.
    else if (last.headersSent) socket.destroy();
    else refuse(socket, asRefusal(error));
  });
  return server;
}

/** A path, `*`, or a whole address. What is none would make Express, in Node's name, write to stderr past the log. */
const isTarget = (url = ""): boolean => url.startsWith("/") || url === "*" || URL.canParse(url);

/** Answers a request that the app does not get to see. */
function refuseRequest(response: ServerResponse, status: number, message: string): void {
  sendError(response, new HttpError(status, message, { connection: "close" }));
}

/** What is wrong with a request that never became one. */
function asRefusal({ code }: NodeJS.ErrnoException): HttpError {
  if (code === "HPE_HEADER_OVERFLOW") return new HttpError(431, "the request's head is too large");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW")
    return new HttpError(413, "the chunk extensions are too large");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new HttpError(408, "the request did not arrive in time");
  return new HttpError(400, "malformed HTTP request");
}

/** Answers on the bare connection, and ends it. */
function refuse(socket: Duplex, error: HttpError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { reason, text } = errorParts(error);
  const headers = {
    ...Object.fromEntries(SECURE_HEADERS),
    ...error.headers,
    ...JSON_HEADERS,
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const phrase = reason || STATUS_CODES[error.status];
  socket.write(Buffer.from(`HTTP/1.1 ${error.status} ${phrase}\r\n${lines.join("")}\r\n${text}`, "latin1"));
  endGently(socket);
}
