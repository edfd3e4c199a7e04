import type { IncomingHttpHeaders } from "node:http";
import { context, propagation, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** As much of a request and its answer as a span tells. */
export interface ServedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  route: string | undefined;
  status: number;
  /** Set here: the trace that the request belongs to. */
  trace: string | undefined;
}

/**
 * Runs the rest of a request within a span of its own, which continues the trace that the client's `traceparent` names.
 *
 * @returns to be called when the request is answered
 */
export type StartServerSpan = (served: ServedRequest, headers: IncomingHttpHeaders, rest: () => void) => () => void;

/** @see StartServerSpan */
export const createServerSpanStarter =
  (tracer: Tracer): StartServerSpan =>
  (served, headers, rest) => {
    const caller = propagation.extract(context.active(), headers);
    const attributes = {
      "http.request.method": served.method,
      "url.path": served.path,
      "wms.request.id": served.id,
    };
    const span = tracer.startSpan(served.method, { kind: SpanKind.SERVER, attributes }, caller);
    served.trace = span.spanContext().traceId;
    context.with(trace.setSpan(caller, span), rest);
    return () => {
      const { method, route, status } = served;
      // Which route it is becomes known on the way.
      if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute("http.route", route);
      span.setAttribute("http.response.status_code", status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  };
