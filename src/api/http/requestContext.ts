import { randomUUID } from "node:crypto";
import type { RequestHandler, Response } from "express";
import type { Caller } from "../../domain/caller.js";
import type { Draining } from "./drainController.js";
import { isEndless } from "./streamingResponse.js";

/** A request and its answer, as the log and the metrics see them. Filled in on the way, complete once answered. */
export interface Exchange {
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
export type Observer = (exchange: Exchange) => void;

/** An id that a client may choose: no blanks, nothing that could forge a line of a log. */
const GOOD_ID = /^[\w.:/+=@-]{1,128}$/;

/** What nginx calls a request whose client did not wait for the answer. */
const CLIENT_WENT_AWAY = 499;

/** Asked every few seconds by machines: of no interest unless one looks for exactly these. */
const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);

/** Whether an exchange only asks how the service is. */
export const isProbe = ({ path }: Exchange): boolean => PROBES.has(path);

const EXCHANGE = Symbol("exchange");

/** The exchange that a response belongs to; {@link observeExchanges} began it. */
export const exchangeOf = (response: Response): Exchange =>
  (response.locals as { [EXCHANGE]: Exchange })[EXCHANGE];

/** Begins an exchange for each request, and tells the observers when it is over. To be mounted before all else. */
export function observeExchanges(observers: readonly Observer[], draining: Draining): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const given = request.headers["x-request-id"];
    const exchange: Exchange = {
      id: typeof given === "string" && GOOD_ID.test(given) ? given : randomUUID(),
      method: request.method,
      path: request.path,
      route: undefined,
      caller: undefined,
      status: 0,
      milliseconds: 0,
      trace: undefined,
    };
    (response.locals as { [EXCHANGE]: Exchange })[EXCHANGE] = exchange;
    response.setHeader("x-request-id", exchange.id);
    draining.enter(response);
    response.once("close", () => {
      draining.leave(response);
      exchange.status =
        response.writableFinished || isEndless(response) ? response.statusCode : CLIENT_WENT_AWAY;
      exchange.milliseconds = performance.now() - began;
      for (const observe of observers) observe(exchange);
    });
    next();
  };
}
