import type { IncomingHttpHeaders } from "node:http";
import { context, propagation, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** The part of a request and its response that a span holds. */
export interface ServedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  route: string | undefined;
  status: number;
  /** The id of the trace, which {@link StartServerSpan} sets. */
  trace: string | undefined;
}

/**
 * Runs the rest of a request within a new span, which continues the trace of the client's `traceparent`.
 *
 * @returns ends the span; call it after the response
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
      // The router sets the route during the request.
      if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute("http.route", route);
      span.setAttribute("http.response.status_code", status);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    };
  };
