import { AggregatorRegistry, type Registry } from "prom-client";

/** The metrics of a process, as data that can be sent to another one. */
export type ProcessMetrics = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The same under the name of the process, such as `web-1`. */
export interface NamedMetrics {
  process: string;
  metrics: ProcessMetrics;
}

/**
 * The metrics of several processes as one text. A label of each series says whose it is: a sum over processes would fall when one of
 * them begins anew, and Prometheus would take that for a leap of all.
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
