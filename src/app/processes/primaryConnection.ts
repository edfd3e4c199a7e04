import cluster from "node:cluster";
import type { NamedMetrics, ProcessMetrics } from "../../metrics/mergeProcessMetrics.js";
import type { Siblings } from "../../metrics/metrics.js";
import type { MessageFromPrimary, MessageToPrimary } from "./primaryMessages.js";

/** Milliseconds after which a scrape goes without the others: the primary hangs. */
const SCRAPE_TIMEOUT_MS = 2000;

/** What a process has to do with the primary that started it and watches it. */
export class PrimaryConnection implements Siblings {
  readonly name: string;
  /** Fulfilled when the primary wants this process to end. */
  readonly stopRequested: Promise<void>;
  readonly #pendingScrapes = new Map<number, (others: NamedMetrics[]) => void>();
  #lastScrapeId = 0;
  #collectMetrics: (() => Promise<ProcessMetrics>) | undefined;

  private constructor(name: string) {
    this.name = name;
    this.stopRequested = new Promise((resolve) => {
      process.on("message", (message: MessageFromPrimary) => {
        if (message.kind === "end") resolve();
        else if (message.kind === "tell") void this.#sendMetrics(message.scrape);
        else this.#pendingScrapes.get(message.scrape)?.(message.others);
      });
    });
  }

  /** @returns undefined in a process that no primary started */
  static forCurrentProcess(): PrimaryConnection | undefined {
    // The primary gives each process a name, and shows it to whoever lists processes.
    return cluster.isWorker ? new PrimaryConnection(process.argv[2] ?? "") : undefined;
  }

  /** Says that the start is over. */
  reportReady({ url, metricsUrl }: { url: string | undefined; metricsUrl: string | undefined }): void {
    sendToPrimary({ kind: "ready", url, metricsUrl });
  }

  /** Gives others the metrics of this process when they are scraped. */
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

/** A primary that is gone takes this process with it. */
const sendToPrimary = (message: MessageToPrimary): void => void process.send?.(message);
