import type { NamedMetrics, ProcessMetrics } from "../../metrics/metrics.js";

/** Messages of a process to its primary. */
export type MessageToPrimary =
  /** The start has ended; the addresses are those of `Service`. */
  | { kind: "ready"; url?: string | undefined; metricsUrl?: string | undefined }
  /** Requests the metrics of all other processes. */
  | { kind: "scrape"; scrape: number }
  /** The metrics of this process, for the scrape of another one. */
  | { kind: "metrics"; scrape: number; metrics: ProcessMetrics };

/** Messages of the primary to a process. */
export type MessageFromPrimary =
  | { kind: "end" }
  /** Requests the metrics for a scrape. */
  | { kind: "collect"; scrape: number }
  /** The metrics of the other processes that answered in time. */
  | { kind: "scraped"; scrape: number; others: NamedMetrics[] };
