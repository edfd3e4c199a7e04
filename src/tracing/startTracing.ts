import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { ExportResultCode, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { type Span, SpanKind, type Telemetry } from "bullmq";
import { BullMQOtel } from "bullmq-otel";
import type { Logger } from "pino";
import { traceFetches, traceRedis } from "./clientSpans.js";
import { createServerSpanStarter, type StartServerSpan } from "./serverSpans.js";

/** Milliseconds for the delivery of the last spans. */
const FLUSH_TIMEOUT_MS = 3000;

/** The tracing of a process. */
export interface Tracing {
  /** Starts the span of an incoming request. */
  startServerSpan: StartServerSpan;
  /** Carries a trace from the process that adds a job to the worker. */
  jobTelemetry: Telemetry;
  /** Delivers the last spans and stops. */
  stop(): Promise<void>;
}

/**
 * Starts the tracing of this process. Call it once: OpenTelemetry's context is global. The service imports this module
 * only when tracing is on.
 *
 * @param options `endpoint`: the base address of an OTLP/HTTP collector; `role`: the role of the process, for its spans
 */
export function startTracing(options: { endpoint: string; role: string; log: Logger }): Tracing {
  const exporter = new OTLPTraceExporter({ url: `${options.endpoint.replace(/\/+$/, "")}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: createResource(options.role),
    spanProcessors: [new BatchSpanProcessor(withDeliveryLogging(exporter, options.log))],
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const tracer = trace.getTracer("ewms-wms");
  traceRedis(tracer);
  traceFetches(tracer);
  return {
    startServerSpan: createServerSpanStarter(tracer),
    jobTelemetry: createJobTelemetry(),
    async stop() {
      const flushed = provider.shutdown().catch(() => undefined);
      await Promise.race([flushed, delay(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

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
function createJobTelemetry(): Telemetry {
  const { tracer, contextManager } = new BullMQOtel({ tracerName: "ewms-wms" });
  return {
    contextManager,
    tracer: {
      startSpan: (name, options, context) =>
        options?.kind === SpanKind.INTERNAL ? NOOP_SPAN : tracer.startSpan(name, options, context),
    },
  };
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` override these attributes. */
function createResource(role: string): Resource {
  const known = resourceFromAttributes({
    "service.name": "ewms-wms",
    "service.instance.id": `${hostname()}-${process.pid}`,
    "wms.role": role,
  });
  return defaultResource()
    .merge(known)
    .merge(detectResources({ detectors: [envDetector] }));
}

/** Logs one line when the delivery of spans begins to fail, and one when it works again. */
function withDeliveryLogging(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED;
        if (failed && !failing) log.warn({ reason: result.error?.message }, "traces cannot be delivered");
        if (!failed && failing) log.info("traces are delivered again");
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
