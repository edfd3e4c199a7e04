import { hostname } from "node:os";
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
import type { Telemetry } from "bullmq";
import type { Logger } from "pino";
import { traceFetches } from "./fetchSpans.js";
import { createJobTelemetry } from "./jobTelemetry.js";
import { traceRedis } from "./redisSpans.js";
import { createServerSpanStarter, type StartServerSpan } from "./serverSpans.js";

/** Milliseconds that the last spans may take to be delivered. */
const FLUSH_TIMEOUT_MS = 3000;

/** Tracing that is on. */
export interface Tracing {
  /** A span for each request that is served. */
  startServerSpan: StartServerSpan;
  /** For queues and workers: carries a trace from the process that adds a job to the one that does it. */
  jobTelemetry: Telemetry;
  /** Delivers the last spans. */
  stop(): Promise<void>;
}

/**
 * Starts to trace what this process does. Once for a process: OpenTelemetry's context belongs to all of it. This module and
 * what it imports are loaded only when tracing is wanted.
 *
 * @param options `endpoint`: the base address of an OTLP/HTTP collector, and nothing else is contacted; `role`: what the
 *   process does, for whoever looks at its spans
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
  const unsubscribe = [traceRedis(tracer), traceFetches(tracer)];
  return {
    startServerSpan: createServerSpanStarter(tracer),
    jobTelemetry: createJobTelemetry(),
    async stop() {
      for (const each of unsubscribe) each();
      const flushTimeout = new Promise((resolve) => setTimeout(resolve, FLUSH_TIMEOUT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), flushTimeout]);
    },
  };
}

/** What `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say goes before what is known here. */
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

/** Says once that spans don't arrive, and once that they do again, however many deliveries lie between. */
function withDeliveryLogging(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED;
        if (failed && !failing) log.warn({ reason: result.error?.message }, "traces can't be delivered");
        if (!failed && failing) log.info("traces are delivered again");
        failing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
