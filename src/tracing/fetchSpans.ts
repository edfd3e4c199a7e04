import { channel } from "node:diagnostics_channel";
import { context, propagation, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** The part of Node's `fetch` events that the spans need. */
interface FetchMessage {
  request: { method: string; origin: string; path: string; addHeader(name: string, value: string): void };
}

/**
 * Creates a span for each outgoing request of a request or a job: to the MQS and to token endpoints. The header
 * `traceparent` carries the trace.
 *
 * @returns a function that stops it
 */
export function traceFetches(tracer: Tracer): () => void {
  const spans = new WeakMap<object, Span>();
  const end = ({ request }: FetchMessage, update: (span: Span) => void) => {
    const span = spans.get(request);
    if (span !== undefined) update(span);
    span?.end();
  };
  const listeners: Record<string, (message: unknown) => void> = {
    create(message) {
      if (trace.getActiveSpan()?.isRecording() !== true) return;
      const { request } = message as FetchMessage;
      const span = startFetchSpan(tracer, request);
      spans.set(request, span);
      propagation.inject(trace.setSpan(context.active(), span), request, {
        set: (carrier, name, value) => carrier.addHeader(name, value),
      });
    },
    headers(message) {
      const { response } = message as { response: { statusCode: number } };
      end(message as FetchMessage, (span) => span.setAttribute("http.response.status_code", response.statusCode));
    },
    error: (message) => end(message as FetchMessage, (span) => span.setStatus({ code: SpanStatusCode.ERROR })),
  };
  const subscriptions = Object.entries(listeners).map(
    ([event, listener]) => [channel(`undici:request:${event}`), listener] as const,
  );
  for (const [messageChannel, listener] of subscriptions) messageChannel.subscribe(listener);
  return () => {
    for (const [published, listener] of subscriptions) published.unsubscribe(listener);
  };
}

const startFetchSpan = (tracer: Tracer, { method, origin, path }: FetchMessage["request"]): Span =>
  tracer.startSpan(method, {
    kind: SpanKind.CLIENT,
    // Without the query, which may hold secrets.
    attributes: { "http.request.method": method, "url.full": `${origin}${path.split("?", 1)[0]}` },
  });
