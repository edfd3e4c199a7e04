import { tracingChannel } from "node:diagnostics_channel";
import { type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** Spans of commands below one other span. A query may send 100,000 commands: the rest is only counted. */
const MAX_SPANS_PER_PARENT = 50;

/** What ioredis tells of a command; the same object for its start and its end. */
interface CommandMessage {
  command: string;
  database: number;
  serverAddress: string;
  serverPort: number | undefined;
  error?: unknown;
}

/**
 * Makes a span of each Redis command that is sent on behalf of a request or a job, by the events that ioredis itself
 * publishes. Arguments are left out: they hold what users sent.
 *
 * @returns ends it
 */
export function traceRedis(tracer: Tracer): () => void {
  const { start, asyncEnd } = tracingChannel<"ioredis:command", CommandMessage>("ioredis:command");
  const spans = new WeakMap<CommandMessage, Span>();
  const children = new WeakMap<Span, number>();

  const onStart = (message: unknown) => {
    // Workers ask for jobs all the time: what nobody waits for is no trace of its own.
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
