import {
  createServer as createHttpServer,
  IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Express } from "express";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../domain/httpLimits.js";
import { basePathRemover } from "./basePath.js";
import { ConnectionLimits, type ProxyCheck } from "./connectionLimits.js";
import { isStreamingResponse } from "./requestContext.js";
import {
  errorReasonAndBody,
  HttpError,
  JSON_HEADERS,
  SECURITY_HEADERS,
  sendError,
  setSecurityHeaders,
} from "./responses.js";
import { discardUnreadBody } from "./unreadBodies.js";

/** How long an idle connection stays open. Node's default of 5 s is shorter than the polling interval of a TMS. */
const KEEP_ALIVE_TIMEOUT_MS = 80_000;
/** How often the server looks for requests and responses that take too long. */
const TIMEOUT_CHECK_INTERVAL_MS = 1000;
/** How long a client may take to read the last response on a connection. */
const LINGER_TIMEOUT_MS = 2000;

/**
 * Creates the HTTP server of an app. It enforces the limits on heads, times and connections, and sends errors that
 * Node detects in the same form as all others.
 */
export function createServer(app: RequestListener, limits: HttpLimits = DEFAULT_HTTP_LIMITS): Server {
  const options = {
    ...messageClassesFor(app),
    requireHostHeader: false,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
  };
  const removeBasePath = basePathRemover(app);
  const server = createHttpServer(options, (request, response) => {
    // An earlier response has closed this connection.
    if (request.socket.writableEnded) {
      request.socket.destroy();
      return;
    }
    openResponses.add(request.socket, response);
    discardUnreadBody(request, response);
    setSecurityHeaders(response);
    removeBasePath(request);
    const admitted = connections.admitRequest(request.socket, request.url);
    if (admitted === "health check") response.setHeader("connection", "close");
    if (admitted === "refused")
      rejectRequest(response, 503, "too many connections, try again later", { "retry-after": "5" });
    else if (request.headers.host === undefined && request.httpVersion === "1.1")
      rejectRequest(response, 400, "Host: missing header");
    else if (hasSeveralHosts(request)) rejectRequest(response, 400, "Host: several headers");
    else if (!isRequestTarget(request.url))
      rejectRequest(response, 400, "the request target is neither a path nor a URL");
    else app(request, response);
  });
  const connections = new ConnectionLimits(server, limits, proxyCheckOf(app));
  const openResponses = new OpenResponses(server, 1000 * limits.responseSeconds);
  server.on("connection", (socket) => {
    // Node calls this to close a connection after its last response, which may precede the end of the request's body.
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
  server.on("checkExpectation", (_request, response) => {
    setSecurityHeaders(response);
    rejectRequest(response, 417, "Expect: only 100-continue is known");
  });
  server.on("connect", (_request, socket) =>
    rejectConnection(socket, new HttpError(405, "method not allowed: CONNECT", { allow: "GET, HEAD, POST" })),
  );
  const rejectedSockets = new WeakSet<Duplex>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Later input of this connection causes more errors. To destroy it with unread bytes would discard the response.
    if (rejectedSockets.has(socket)) return;
    rejectedSockets.add(socket);
    const lastResponse = openResponses.lastUnsentOn(socket);
    if (lastResponse === undefined) rejectConnection(socket, toClientHttpError(error));
    // Earlier requests may have taken effect, so their responses go out first.
    else if (lastResponse.req.complete && !isStreamingResponse(lastResponse))
      lastResponse.once("finish", () => rejectConnection(socket, toClientHttpError(error)));
    // The client would read an error as a part of the response that it is receiving.
    else if (lastResponse.headersSent) socket.destroy();
    else rejectConnection(socket, toClientHttpError(error));
  });
  return server;
}

/**
 * Makes the classes of a server's requests and responses have the prototypes that Express sets on each object.
 *
 * V8 gives an object whose prototype was changed a shape of its own, which makes every later property access slow.
 * That was half the time of a small request. Setting the prototype that an object already has keeps its shape.
 *
 * @param app an Express app adopts the new prototypes; any other listener gets Node's own classes
 */
function messageClassesFor(app: RequestListener | Express) {
  if (!("request" in app && "response" in app)) return { IncomingMessage, ServerResponse };
  // Classes, not functions with a replaced prototype: V8 caches the shape of instances for classes only.
  class AppRequest extends IncomingMessage {}
  class AppResponse extends ServerResponse {}
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request);
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

/** Returns the check of an Express app's setting "trust proxy". Any other listener trusts no proxy. */
function proxyCheckOf(app: RequestListener | Express): ProxyCheck {
  const isTrusted = "set" in app ? (app.get("trust proxy fn") as (address: string, hop: number) => boolean) : undefined;
  return (address) => isTrusted?.(address, 0) === true;
}

/** Whether a request has more than one `Host`. Node keeps the first one, but a proxy may have obeyed another. */
function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    // The length spares most names the conversion.
    if (name?.length === 4 && name.toLowerCase() === "host") count++;
  }
  return count > 1;
}

/** Whether a target is a path, `*` or a whole URL. Express writes to stderr, past the log, for any other. */
const isRequestTarget = (url = ""): boolean => url.startsWith("/") || url === "*" || URL.canParse(url);

/** Sends an error for a request that the app does not receive. */
function rejectRequest(
  response: ServerResponse,
  status: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  sendError(response, new HttpError(status, message, { ...headers, connection: "close" }));
}

function toClientHttpError({ code }: NodeJS.ErrnoException): HttpError {
  if (code === "HPE_HEADER_OVERFLOW") return new HttpError(431, "the request's head is too large");
  if (code === "HPE_CHUNK_EXTENSIONS_OVERFLOW") return new HttpError(413, "the chunk extensions are too large");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new HttpError(408, "the request did not arrive in time");
  return new HttpError(400, "malformed HTTP request");
}

/** Writes an error response to a connection without a request, and closes the connection. */
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

/**
 * Closes a connection after the client had time to read the response. The kernel resets a connection that is closed
 * with unread input, and a client may lose the response to a reset.
 *
 * @param unread a request whose body is being discarded; each piece extends the time
 */
function lingeringClose(socket: Duplex, unread?: IncomingMessage): void {
  const timeout = setTimeout(() => socket.destroy(), LINGER_TIMEOUT_MS);
  socket.once("close", () => clearTimeout(timeout));
  socket.end();
  // Otherwise a listener for data would make Node read at full speed.
  unread?.pause();
  unread?.on("data", () => timeout.refresh()).on("end", () => socket.destroy());
}

/** The unsent responses of each connection. One timer for all of them is cheaper than a timer for each request. */
class OpenResponses {
  /** Oldest first. Sent ones are removed when the next one begins. */
  readonly #openBySocket = new Map<unknown, { response: ServerResponse; startedAtMs: number }[]>();

  /** @param timeoutMs the age at which a response is late: its connection is cut */
  constructor(server: Server, timeoutMs: number) {
    server.on("connection", (socket) => {
      this.#openBySocket.set(socket, []);
      socket.once("close", () => this.#openBySocket.delete(socket));
    });
    const timer = setInterval(() => this.#destroyLate(timeoutMs), TIMEOUT_CHECK_INTERVAL_MS).unref();
    server.once("close", () => clearInterval(timer));
  }

  add(socket: Socket, response: ServerResponse): void {
    this.#openOn(socket)?.push({ response, startedAtMs: performance.now() });
  }

  /** The newest response of a connection that is not sent yet. */
  lastUnsentOn(socket: unknown): ServerResponse | undefined {
    return this.#openOn(socket)?.at(-1)?.response;
  }

  /** The newest response of a connection, even if it was sent just now. */
  latestOn(socket: unknown): ServerResponse | undefined {
    return this.#openBySocket.get(socket)?.at(-1)?.response;
  }

  #openOn(socket: unknown) {
    const open = this.#openBySocket.get(socket);
    // Responses end in the order of their requests.
    while (open?.[0]?.response.writableFinished) open.shift();
    return open;
  }

  #destroyLate(timeoutMs: number): void {
    for (const socket of this.#openBySocket.keys()) {
      const oldest = this.#openOn(socket)?.[0];
      if (oldest === undefined || isStreamingResponse(oldest.response)) continue;
      if (performance.now() - oldest.startedAtMs > timeoutMs) oldest.response.destroy();
    }
  }
}
