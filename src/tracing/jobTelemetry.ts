import { type Span, SpanKind, type Telemetry } from "bullmq";
import { BullMQOtel } from "bullmq-otel";

/** A span that is not recorded. Spans within it become children of the span around it. */
const NOOP_SPAN: Span = {
  setSpanOnContext: (context) => context,
  setAttribute() {},
  setAttributes() {},
  addEvent() {},
  recordException() {},
  end() {},
};

/**
 * Creates BullMQ's tracing: one span where a process adds a job and one where a worker runs it. The job's options carry
 * the trace. BullMQ's internal spans are dropped, because idle workers would create them all the time.
 */
export function createJobTelemetry(): Telemetry {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: "ewms-wms" });
  return {
    contextManager,
    tracer: {
      startSpan: (name, options, context) =>
        options?.kind === SpanKind.INTERNAL ? NOOP_SPAN : tracer.startSpan(name, options, context),
    },
  };
}
