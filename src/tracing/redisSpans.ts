import { tracingChannel } from "node:diagnostics_channel";
import { type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";

/** Spans of commands below one other span. A query may send 100,000 commands: the rest is only counted. */
const SHOWN = 50;

/** What ioredis tells of a command; the same object for its start and its end. */
interface Command {
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
  const { start, asyncEnd } = tracingChannel<"ioredis:command", Command>("ioredis:command");
  const spans = new WeakMap<Command, Span>();
  const children = new WeakMap<Span, number>();

  const began = (message: unknown) => {
    // Workers ask for jobs all the time: what nobody waits for is no trace of its own.
    const parent = trace.getActiveSpan();
    if (parent?.isRecording() !== true) return;
    const count = (children.get(parent) ?? 0) + 1;
    children.set(parent, count);
    if (count > SHOWN) parent.setAttribute("wms.redis.commands_not_shown", count - SHOWN);
    else spans.set(message as Command, commandSpan(tracer, message as Command));
  };
  const ended = (message: unknown) => {
    const span = spans.get(message as Command);
    if ((message as Command).error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
  };
  start.subscribe(began);
  asyncEnd.subscribe(ended);
  return () => {
    start.unsubscribe(began);
    asyncEnd.unsubscribe(ended);
  };
}

const commandSpan = (tracer: Tracer, { command, database, serverAddress, serverPort }: Command): Span =>
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
