import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { onConnected, type RedisClient } from "../redis/redisClient.js";
import { type CompletedRequest, registerEventCounters, registerRequestHistogram } from "./eventCounters.js";
import { registerStateGauges, type StateSources } from "./stateGauges.js";

/** The metrics of a process, as data that can be sent to another one. */
export type ProcessMetrics = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The metrics of a process with its name, such as `web-1`. */
export interface NamedMetrics {
  process: string;
  metrics: ProcessMetrics;
}

/** The metrics of a process. */
export interface Metrics {
  /** The content type of {@link renderText}. */
  readonly contentType: string;
  /** Renders all metrics in Prometheus' text format, within two seconds even while Redis is unreachable. */
  renderText(): Promise<string>;
  /** Collects the metrics of this process alone, for a scrape at another process. */
  collectProcessMetrics(): Promise<ProcessMetrics>;
  /** Counts a completed request. */
  observeRequest(request: CompletedRequest): void;
  /** Counts the reconnects of a connected client. @param name `requests` or `workers` */
  watchConnection(name: string, client: RedisClient): void;
}

/** The sources of a process's metrics. */
export interface MetricsSources extends StateSources {
  /** The number of event subscribers at this process. */
  watchers(): number;
  /** The other processes at the same port; undefined when there are none. */
  siblings?: Siblings | undefined;
}

/** The other web processes at the port of this one. */
export interface Siblings {
  /** The name of this process. */
  readonly name: string;
  /** Collects the metrics of the processes that answer in time. */
  scrape(): Promise<NamedMetrics[]>;
}

/** Creates the metrics of a process. `docs/operations/observe.md` explains their names and labels. */
export function createMetrics({ watchers, siblings, ...state }: MetricsSources): Metrics {
  const registry = new Registry();
  // State in Redis, which is the same in every process.
  const sharedRegistry = new Registry();
  // CPU, memory, garbage collection, file descriptors, event-loop lag, under the names that Node's dashboards know.
  collectDefaultMetrics({ register: registry });
  const reconnects = new Counter({
    name: "wms_redis_reconnects_total",
    help: "Reconnects to Redis after a lost connection.",
    labelNames: ["client"],
    registers: [registry],
  });
  new Gauge({
    name: "wms_event_watchers",
    help: "Event subscribers at this process.",
    registers: [registry],
    collect() {
      this.set(watchers());
    },
  });
  const initScheddCounters = registerEventCounters(registry, state.wms.events);
  const updateStateGauges = registerStateGauges(sharedRegistry, state);
  const ofProcess = () => {
    for (const schedd of state.wms.queues.schedds().keys()) initScheddCounters(schedd);
    return registry.getMetricsAsJSON();
  };
  return {
    contentType: registry.contentType,
    async renderText() {
      const [own, others] = await Promise.all([ofProcess(), siblings?.scrape(), updateStateGauges()]);
      const processText =
        siblings === undefined
          ? registry.metrics()
          : mergeProcessMetrics([{ process: siblings.name, metrics: own }, ...(others ?? [])]);
      return (await processText) + (await sharedRegistry.metrics());
    },
    collectProcessMetrics: ofProcess,
    observeRequest: registerRequestHistogram(registry),
    watchConnection(client, redis) {
      reconnects.inc({ client }, 0);
      onConnected(redis, () => reconnects.inc({ client }));
    },
  };
}

/**
 * Merges the metrics of several processes into one text, with the label `process` on each series. A sum over processes
 * would fall when one restarts, and Prometheus would count the whole sum again.
 */
function mergeProcessMetrics(processes: readonly NamedMetrics[]): Promise<string> {
  const labelled = processes.map(({ process, metrics }) =>
    metrics.map((metric) => ({
      ...metric,
      values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, process } })),
      // Each series is the only one with its labels.
      aggregator: "first",
    })),
  );
  return AggregatorRegistry.aggregate(labelled).metrics();
}
