import { createServer as createHttpServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { JSON_TYPE } from "./answers.js";
import { errorParts, HttpError, sendError } from "./errors.js";

/**
 * Milliseconds that an idle connection is kept. A TMS polls more slowly than Node's default of 5 s, and a connection that
 * closes just as it sends a request costs it a repeated one.
 */
const KEEP_ALIVE = 80_000;

/** The HTTP server of an app. What Node would refuse on its own gets the same shape of answer as everything else. */
export function createServer(app: RequestListener): Server {
  const server = createHttpServer({ requireHostHeader: false }, (request, response) => {
    if (request.headers.host === undefined && request.httpVersion === "1.1")
      sendError(response, new HttpError(400, "Host: missing header", { connection: "close" }));
    else app(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  // Counts from the end of the request before, so it must not end first.
  server.headersTimeout = KEEP_ALIVE + 5000;
  server.on("checkExpectation", (_request, response) =>
    sendError(response, new HttpError(417, "Expect: only 100-continue is known", { connection: "close" })),
  );
  server.on("connect", (_request, socket) =>
    refuse(socket, new HttpError(405, "method not allowed: CONNECT", { allow: "GET, HEAD, POST" })),
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuse(socket, asRefusal(error)));
  return server;
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
    ...error.headers,
    "content-type": JSON_TYPE,
    "content-length": Buffer.byteLength(text),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const phrase = reason || STATUS_CODES[error.status];
  socket.end(Buffer.from(`HTTP/1.1 ${error.status} ${phrase}\r\n${lines.join("")}\r\n${text}`, "latin1"));
}
