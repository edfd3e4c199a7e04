import type { RequestHandler } from "express";
import type { ServeSpan } from "../../tracing/serverSpans.js";
import { exchangeOf, isProbe } from "./requestContext.js";

/** Traces what follows of each exchange, but for probes. To be mounted after those that begin exchanges. */
export const traceExchanges =
  (serve: ServeSpan): RequestHandler =>
  (request, response, next) => {
    const exchange = exchangeOf(response);
    if (isProbe(exchange)) next();
    else {
      const end = serve(exchange, request.headers, next);
      response.once("close", end);
    }
  };
