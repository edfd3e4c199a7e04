import cluster from "node:cluster";
import type { NamedMetrics, ProcessMetrics, Siblings } from "../../metrics/metrics.js";

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
  /** The metrics of the other processes that responded in time. */
  | { kind: "scraped"; scrape: number; others: NamedMetrics[] };

/** After this time a scrape leaves out the other processes: the primary hangs. */
const SCRAPE_TIMEOUT_MS = 2000;

/** The connection of a process to the primary that started it. */
export class PrimaryConnection implements Siblings {
  readonly name: string;
  /** Resolves when the primary stops this process. */
  readonly stopRequested: Promise<void>;
  readonly #pendingScrapes = new Map<number, (others: NamedMetrics[]) => void>();
  #lastScrapeId = 0;
  #collectMetrics: (() => Promise<ProcessMetrics>) | undefined;

  private constructor(name: string) {
    this.name = name;
    this.stopRequested = new Promise((resolve) => {
      process.on("message", (message: MessageFromPrimary) => {
        if (message.kind === "end") resolve();
        else if (message.kind === "collect") void this.#sendMetrics(message.scrape);
        else this.#pendingScrapes.get(message.scrape)?.(message.others);
      });
    });
  }

  /** @returns undefined in a process without a primary */
  static forCurrentProcess(): PrimaryConnection | undefined {
    // The name is an argument, so that it also appears in the list of processes.
    return cluster.isWorker ? new PrimaryConnection(process.argv[2] ?? "") : undefined;
  }

  /** Reports the end of the start. */
  reportReady({ url, metricsUrl }: { url: string | undefined; metricsUrl: string | undefined }): void {
    sendToPrimary({ kind: "ready", url, metricsUrl });
  }

  /** Sets the source of the metrics that other processes request. */
  setMetricsCollector(collectMetrics: () => Promise<ProcessMetrics>): void {
    this.#collectMetrics = collectMetrics;
  }

  async scrape(): Promise<NamedMetrics[]> {
    const scrape = ++this.#lastScrapeId;
    sendToPrimary({ kind: "scrape", scrape });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        this.#pendingScrapes.set(scrape, resolve);
        timer = setTimeout(resolve, SCRAPE_TIMEOUT_MS, []);
      });
    } finally {
      clearTimeout(timer);
      this.#pendingScrapes.delete(scrape);
    }
  }

  async #sendMetrics(scrape: number): Promise<void> {
    sendToPrimary({ kind: "metrics", scrape, metrics: (await this.#collectMetrics?.()) ?? [] });
  }
}

/** Without a primary there is no channel, and the cluster module ends this process. */
const sendToPrimary = (message: MessageToPrimary): void => void process.send?.(message);
