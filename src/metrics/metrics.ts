import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import { onConnected, type RedisClient } from "../redis/redisClient.js";
import { registerEventCounters } from "./eventCounters.js";
import { mergeProcessMetrics, type NamedMetrics, type ProcessMetrics } from "./mergeProcessMetrics.js";
import { type CompletedRequest, registerRequestHistogram } from "./requestHistogram.js";
import { registerStateGauges, type StateSources } from "./stateGauges.js";

/** The metrics of a process. */
export interface Metrics {
  /** HTTP's content type of {@link renderText}. */
  readonly contentType: string;
  /** All metrics in Prometheus' text format. Takes two seconds at most, whatever Redis does. */
  renderText(): Promise<string>;
  /** Those that are of this process alone, for a scrape that another one answers. */
  collectProcessMetrics(): Promise<ProcessMetrics>;
  /** Counts a request that is over. */
  observeRequest(request: CompletedRequest): void;
  /** Counts how often a client that is connected connects again. @param name `requests` or `workers` */
  watchConnection(name: string, client: RedisClient): void;
}

/** What the metrics of a process are made of. */
export interface MetricsSources extends StateSources {
  events: WmsEventEmitter;
  /** How many watch events at this process. */
  watchers(): number;
  /** Other processes that listen at the same port; undefined: there are none. */
  siblings?: Siblings | undefined;
}

/** The processes that listen at one port, as one of them sees the others. */
export interface Siblings {
  /** The name of this one among them. */
  readonly name: string;
  /** The metrics of all others that answer in time. */
  scrape(): Promise<NamedMetrics[]>;
}

/** The metrics of a process. Names, labels and what to make of them: `docs/operations/observe.md`. */
export function createMetrics({ events, watchers, siblings, ...state }: MetricsSources): Metrics {
  const registry = new Registry();
  // What is in Redis, and so the same whichever process shows it.
  const sharedRegistry = new Registry();
  // CPU, memory, garbage collection, file descriptors, event-loop lag, under the names that Node's dashboards know.
  collectDefaultMetrics({ register: registry });
  const reconnects = new Counter({
    name: "wms_redis_reconnects_total",
    help: "How often a connection to Redis was lost and came back.",
    labelNames: ["client"],
    registers: [registry],
  });
  new Gauge({
    name: "wms_event_watchers",
    help: "Clients that watch events at this process.",
    registers: [registry],
    collect() {
      this.set(watchers());
    },
  });
  const initScheddCounters = registerEventCounters(registry, events);
  const updateStateGauges = registerStateGauges(sharedRegistry, state);
  const ofProcess = () => {
    for (const schedd of state.queues.schedds().keys()) initScheddCounters(schedd);
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
