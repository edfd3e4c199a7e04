import { type Span, SpanKind, type Telemetry } from "bullmq";
import { BullMQOtel } from "bullmq-otel";

/** A span that nobody sees; what happens within it belongs to the span around it. */
const NOOP_SPAN: Span = {
  setSpanOnContext: (context) => context,
  setAttribute() {},
  setAttributes() {},
  addEvent() {},
  recordException() {},
  end() {},
};

/**
 * BullMQ's own tracing: a span where a job is added and one where it is done, of the same trace. The trace travels among
 * the job's options. BullMQ's inner steps are left out, for a worker looks for jobs whether there are any or not.
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
