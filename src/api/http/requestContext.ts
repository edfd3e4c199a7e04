import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import type { RequestHandler, Response } from "express";
import type { Logger } from "pino";
import type { Caller } from "../../domain/caller.js";
import type { StartServerSpan } from "../../tracing/serverSpans.js";

/** A request and its response, as the log and the metrics record them. Complete once the response has ended. */
export interface RequestContext {
  /** Identifies the request in logs: the client's own `X-Request-Id`, or a new one. It is sent back. */
  readonly id: string;
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The path of the route in OpenAPI's notation; `undefined` if no route serves the request. */
  route: string | undefined;
  /** Parameters that the log line contains; see `Route.loggedQuery`. */
  loggedQuery: Readonly<Record<string, string>> | undefined;
  /** `undefined` until the caller is authenticated. */
  caller: Caller | undefined;
  /** Whether the person at the page is still signed in; undefined for all other callers. */
  isSignedIn: (() => Promise<boolean>) | undefined;
  /** 0 until the response has ended; 499 if the client disconnected before. */
  status: number;
  /** From the arrival of the head to the end of the response. */
  milliseconds: number;
  /** The id of its trace; `undefined` while tracing is off. */
  trace: string | undefined;
}

/** nginx's status for a client that disconnected before the end of the response. */
const CLIENT_DISCONNECTED = 499;

/** Called after the end of every response. Must not throw. */
export type RequestObserver = (context: RequestContext) => void;

/** An id that a client may choose: without blanks, and without characters that could forge a log line. */
const REQUEST_ID_PATTERN = /^[\w.:/+=@-]{1,128}$/;

/** Monitoring requests these every few seconds: no spans, and log lines only at level debug. */
const PROBE_PATHS = new Set(["/healthz", "/readyz", "/metrics"]);

const isProbeRequest = ({ path }: RequestContext): boolean => PROBE_PATHS.has(path);

const REQUEST_CONTEXT = Symbol("requestContext");

/** The context of a response, which {@link trackRequests} created. */
export const requestContextOf = (response: Response): RequestContext =>
  (response.locals as { [REQUEST_CONTEXT]: RequestContext })[REQUEST_CONTEXT];

/** Creates the context of each request and calls the observers after its response. Mount it first. */
export function trackRequests(observers: readonly RequestObserver[], draining: DrainController): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = performance.now();
    const givenId = request.headers["x-request-id"];
    const context: RequestContext = {
      id: typeof givenId === "string" && REQUEST_ID_PATTERN.test(givenId) ? givenId : randomUUID(),
      method: request.method,
      path: request.path,
      route: undefined,
      loggedQuery: undefined,
      caller: undefined,
      isSignedIn: undefined,
      status: 0,
      milliseconds: 0,
      trace: undefined,
    };
    (response.locals as { [REQUEST_CONTEXT]: RequestContext })[REQUEST_CONTEXT] = context;
    response.setHeader("x-request-id", context.id);
    draining.trackResponse(response);
    response.once("close", () => {
      draining.untrackResponse(response);
      const isServed = response.writableFinished || isStreamingResponse(response);
      context.status = isServed ? response.statusCode : CLIENT_DISCONNECTED;
      context.milliseconds = performance.now() - startedAtMs;
      for (const observe of observers) observe(context);
    });
    next();
  };
}

/** Traces each request except probes. Mount it after {@link trackRequests}. */
export const traceRequests =
  (startSpan: StartServerSpan): RequestHandler =>
  (request, response, next) => {
    const context = requestContextOf(response);
    if (isProbeRequest(context)) next();
    else response.once("close", startSpan(context, request.headers, next));
  };

/** Logs one line for each request. */
export const logRequests =
  (log: Logger): RequestObserver =>
  (context) => {
    const { id, method, path, route, loggedQuery, status, milliseconds, caller, trace } = context;
    const level = isProbeRequest(context) ? "debug" : status >= 500 ? "error" : "info";
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        request: id,
        method,
        // A path may be long and hold any text, so the log prefers the route.
        ...(route === undefined ? { path } : { route }),
        ...loggedQuery,
        status,
        ...(status === CLIENT_DISCONNECTED && { disconnected: true }),
        ms: Math.round(milliseconds * 10) / 10,
        subject: caller?.subject,
        role: caller && [...caller.roles].join(","),
        trace,
      },
      "request",
    );
  };

/**
 * Whether the process is shutting down. From then on every response says `Connection: close`, those under way
 * included, so that clients open new connections elsewhere. A connection that closes without notice may break during
 * the client's next request, and the client could not know whether that request took effect.
 */
export class DrainController {
  readonly #openResponses = new Set<ServerResponse>();
  readonly #drainListeners = new Set<() => void>();
  #isDraining = false;

  get isDraining(): boolean {
    return this.#isDraining;
  }

  startDraining(): void {
    this.#isDraining = true;
    for (const response of this.#openResponses) setConnectionClose(response);
    for (const listener of this.#drainListeners) listener();
  }

  /** Calls the listener when draining starts, or now if it has started. @returns removes the listener */
  onDrainStart(listener: () => void): () => void {
    this.#drainListeners.add(listener);
    if (this.#isDraining) listener();
    return () => this.#drainListeners.delete(listener);
  }

  trackResponse(response: ServerResponse): void {
    this.#openResponses.add(response);
    if (this.#isDraining) setConnectionClose(response);
  }

  untrackResponse(response: ServerResponse): void {
    this.#openResponses.delete(response);
  }
}

function setConnectionClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}

const streamingResponses = new WeakSet<ServerResponse>();

/**
 * Marks a response without an end of its own: it has no time limit, and a client that disconnects was served. Its
 * sender must itself disconnect a client that stops reading.
 */
export const markAsStreaming = (response: ServerResponse): void => void streamingResponses.add(response);

/** @see markAsStreaming */
export const isStreamingResponse = (response: ServerResponse): boolean => streamingResponses.has(response);
