import type { RequestHandler } from "express";
import type { StartServerSpan } from "../../tracing/serverSpans.js";
import { isProbeRequest, requestContextOf } from "./requestContext.js";

/** Traces what follows of each exchange, but for probes. To be mounted after those that begin exchanges. */
export const traceRequests =
  (startSpan: StartServerSpan): RequestHandler =>
  (request, response, next) => {
    const context = requestContextOf(response);
    if (isProbeRequest(context)) next();
    else {
      const end = startSpan(context, request.headers, next);
      response.once("close", end);
    }
  };
