import { subscribe, tracingChannel } from "node:diagnostics_channel";
import { context, propagation, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** The most command spans below one span. A query may send 100,000 commands; further ones are only counted. */
const MAX_SPANS_PER_PARENT = 50;

/** ioredis's event of a command; the same object for its start and its end. */
interface CommandMessage {
  command: string;
  database: number;
  serverAddress: string;
  serverPort: number | undefined;
  error?: unknown;
}

/**
 * Creates a span for each Redis command of a request or a job, from ioredis's own events. Spans leave out the
 * arguments, which hold users' data.
 */
export function traceRedis(tracer: Tracer): void {
  const { start, asyncEnd } = tracingChannel<"ioredis:command", CommandMessage>("ioredis:command");
  const spans = new WeakMap<CommandMessage, Span>();
  const children = new WeakMap<Span, number>();
  start.subscribe((message) => {
    // Idle workers poll for jobs: a command outside of a request or a job gets no trace.
    const parent = trace.getActiveSpan();
    if (parent?.isRecording() !== true) return;
    const count = (children.get(parent) ?? 0) + 1;
    children.set(parent, count);
    if (count > MAX_SPANS_PER_PARENT) parent.setAttribute("wms.redis.commands_not_shown", count - MAX_SPANS_PER_PARENT);
    else spans.set(message as CommandMessage, startCommandSpan(tracer, message as CommandMessage));
  });
  asyncEnd.subscribe((message) => {
    const span = spans.get(message as CommandMessage);
    if ((message as CommandMessage).error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  });
}

const startCommandSpan = (tracer: Tracer, { command, database, serverAddress, serverPort }: CommandMessage): Span =>
  tracer.startSpan(command.toUpperCase(), {
    kind: SpanKind.CLIENT,
    attributes: {
      "db.system.name": "redis",
      "db.operation.name": command.toUpperCase(),
      "db.namespace": String(database),
      "server.address": serverAddress,
      ...(serverPort === undefined ? {} : { "server.port": serverPort }),
    },
  });

/** The part of Node's `fetch` events that the spans need. */
interface FetchMessage {
  request: { method: string; origin: string; path: string; addHeader(name: string, value: string): void };
}

/**
 * Creates a span for each outgoing request of a request or a job: to the MQS and to token endpoints. The header
 * `traceparent` carries the trace.
 */
export function traceFetches(tracer: Tracer): void {
  const spans = new WeakMap<object, Span>();
  const end = ({ request }: FetchMessage, update: (span: Span) => void) => {
    const span = spans.get(request);
    if (span !== undefined) update(span);
    span?.end();
  };
  subscribe("undici:request:create", (message) => {
    if (trace.getActiveSpan()?.isRecording() !== true) return;
    const { request } = message as FetchMessage;
    const span = startFetchSpan(tracer, request);
    spans.set(request, span);
    propagation.inject(trace.setSpan(context.active(), span), request, {
      set: (carrier, name, value) => carrier.addHeader(name, value),
    });
  });
  subscribe("undici:request:headers", (message) => {
    const { response } = message as { response: { statusCode: number } };
    end(message as FetchMessage, (span) => span.setAttribute("http.response.status_code", response.statusCode));
  });
  subscribe("undici:request:error", (message) =>
    end(message as FetchMessage, (span) => span.setStatus({ code: SpanStatusCode.ERROR })),
  );
}

const startFetchSpan = (tracer: Tracer, { method, origin, path }: FetchMessage["request"]): Span =>
  tracer.startSpan(method, {
    kind: SpanKind.CLIENT,
    // Without the query, which may hold secrets.
    attributes: { "http.request.method": method, "url.full": `${origin}${path.split("?", 1)[0]}` },
  });
