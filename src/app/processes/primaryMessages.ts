import type { NamedMetrics, ProcessMetrics } from "../../metrics/mergeProcessMetrics.js";

/** What a process tells the primary that started it. */
export type MessageToPrimary =
  /** Its start is over; the addresses are those of `Service`. */
  | { kind: "ready"; url?: string | undefined; metricsUrl?: string | undefined }
  /** It wants the metrics of all others. */
  | { kind: "scrape"; scrape: number }
  /** Its own metrics, for the scrape of another one. */
  | { kind: "metrics"; scrape: number; metrics: ProcessMetrics };

/** What the primary tells a process. */
export type MessageFromPrimary =
  | { kind: "end" }
  /** To tell its metrics, under this number. */
  | { kind: "tell"; scrape: number }
  /** The metrics that it wanted, of those that told them in time. */
  | { kind: "scraped"; scrape: number; others: NamedMetrics[] };
