import { tracingChannel } from "node:diagnostics_channel";
import { type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

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
 *
 * @returns a function that stops it
 */
export function traceRedis(tracer: Tracer): () => void {
  const { start, asyncEnd } = tracingChannel<"ioredis:command", CommandMessage>("ioredis:command");
  const spans = new WeakMap<CommandMessage, Span>();
  const children = new WeakMap<Span, number>();

  const onStart = (message: unknown) => {
    // Idle workers poll for jobs: a command outside of a request or a job gets no trace.
    const parent = trace.getActiveSpan();
    if (parent?.isRecording() !== true) return;
    const count = (children.get(parent) ?? 0) + 1;
    children.set(parent, count);
    if (count > MAX_SPANS_PER_PARENT) parent.setAttribute("wms.redis.commands_not_shown", count - MAX_SPANS_PER_PARENT);
    else spans.set(message as CommandMessage, startCommandSpan(tracer, message as CommandMessage));
  };
  const onEnd = (message: unknown) => {
    const span = spans.get(message as CommandMessage);
    if ((message as CommandMessage).error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };
  start.subscribe(onStart);
  asyncEnd.subscribe(onEnd);
  return () => {
    start.unsubscribe(onStart);
    asyncEnd.unsubscribe(onEnd);
  };
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
