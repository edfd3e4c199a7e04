import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";
import type { Caller } from "../../domain/caller.js";
import type { DrainController } from "./drainController.js";
import { isStreamingResponse } from "./streamingResponse.js";

/** A request and its answer, as the log and the metrics see them. Filled in on the way, complete once answered. */
export interface RequestContext {
  /** Names the request in logs: the client's own `X-Request-Id`, or one made here. It is sent back. */
  readonly id: string;
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The path of the route in OpenAPI's notation; undefined for what no route serves. */
  route: string | undefined;
  /** Undefined until the caller is known. */
  caller: Caller | undefined;
  /** 0 until answered; 499 when the client went away before. */
  status: number;
  /** From the arrival of the head to the end of the answer. */
  milliseconds: number;
  /** The id of the trace that it belongs to; undefined while tracing is off. */
  trace: string | undefined;
}

/** Told of every exchange once it is over. Must not throw. */
export type RequestObserver = (exchange: RequestContext) => void;

/** An id that a client may choose: no blanks, nothing that could forge a line of a log. */
const REQUEST_ID_PATTERN = /^[\w.:/+=@-]{1,128}$/;

/** What nginx calls a request whose client did not wait for the answer. */
const STATUS_CLIENT_CLOSED_REQUEST = 499;

/** Asked every few seconds by machines: of no interest unless one looks for exactly these. */
const PROBE_PATHS = new Set(["/healthz", "/readyz", "/metrics"]);

/** Whether an exchange only asks how the service is. */
export const isProbeRequest = ({ path }: RequestContext): boolean => PROBE_PATHS.has(path);

const REQUEST_CONTEXT = Symbol("exchange");

/** The exchange that a response belongs to; {@link trackRequests} began it. */
export const requestContextOf = (response: Response): RequestContext =>
  (response.locals as { [REQUEST_CONTEXT]: RequestContext })[REQUEST_CONTEXT];

/** Begins an exchange for each request, and tells the observers when it is over. To be mounted before all else. */
export function trackRequests(observers: readonly RequestObserver[], draining: DrainController): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = performance.now();
    const givenId = request.headers["x-request-id"];
    const context: RequestContext = {
      id: typeof givenId === "string" && REQUEST_ID_PATTERN.test(givenId) ? givenId : randomUUID(),
      method: request.method,
      path: request.path,
      route: undefined,
      caller: undefined,
      status: 0,
      milliseconds: 0,
      trace: undefined,
    };
    (response.locals as { [REQUEST_CONTEXT]: RequestContext })[REQUEST_CONTEXT] = context;
    response.setHeader("x-request-id", context.id);
    draining.trackResponse(response);
    response.once("close", () => {
      draining.untrackResponse(response);
      context.status =
        response.writableFinished || isStreamingResponse(response) ? response.statusCode : STATUS_CLIENT_CLOSED_REQUEST;
      context.milliseconds = performance.now() - startedAtMs;
      for (const observe of observers) observe(context);
    });
    next();
  };
}
