import { AggregatorRegistry, type Registry } from "prom-client";

/** The metrics of a process, as data that can be sent to another one. */
export type ProcessMetrics = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The metrics of a process with its name, such as `web-1`. */
export interface NamedMetrics {
  process: string;
  metrics: ProcessMetrics;
}

/**
 * Merges the metrics of several processes into one text, with the label `process` on each series. A sum over processes
 * would fall when one restarts, and Prometheus would count the whole sum again.
 */
export function mergeProcessMetrics(processes: readonly NamedMetrics[]): Promise<string> {
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
