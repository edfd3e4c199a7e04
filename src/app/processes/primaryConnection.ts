import cluster from "node:cluster";
import type { Siblings } from "../../metrics/metrics.js";
import type { NamedMetrics, ProcessMetrics } from "../../metrics/mergeProcessMetrics.js";
import type { FromPrimary, ToPrimary } from "./primaryMessages.js";

/** Milliseconds after which a scrape goes without the others: the primary hangs. */
const PATIENCE = 2000;

/** What a process has to do with the primary that started it and watches it. */
export class Child implements Siblings {
  readonly name: string;
  /** Fulfilled when the primary wants this process to end. */
  readonly toldToEnd: Promise<void>;
  readonly #scrapes = new Map<number, (others: NamedMetrics[]) => void>();
  #latest = 0;
  #ofProcess: (() => Promise<ProcessMetrics>) | undefined;

  private constructor(name: string) {
    this.name = name;
    this.toldToEnd = new Promise((resolve) => {
      process.on("message", (message: FromPrimary) => {
        if (message.kind === "end") resolve();
        else if (message.kind === "tell") void this.#answer(message.scrape);
        else this.#scrapes.get(message.scrape)?.(message.others);
      });
    });
  }

  /** @returns undefined in a process that no primary started */
  static ofThisProcess(): Child | undefined {
    // The primary gives each process a name, and shows it to whoever lists processes.
    return cluster.isWorker ? new Child(process.argv[2] ?? "") : undefined;
  }

  /** Says that the start is over. */
  sayReady({ url, metricsUrl }: { url: string | undefined; metricsUrl: string | undefined }): void {
    tell({ kind: "ready", url, metricsUrl });
  }

  /** Gives others the metrics of this process when they are scraped. */
  answerScrapes(ofProcess: () => Promise<ProcessMetrics>): void {
    this.#ofProcess = ofProcess;
  }

  async scrape(): Promise<NamedMetrics[]> {
    const scrape = ++this.#latest;
    tell({ kind: "scrape", scrape });
    let enough: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        this.#scrapes.set(scrape, resolve);
        enough = setTimeout(resolve, PATIENCE, []);
      });
    } finally {
      clearTimeout(enough);
      this.#scrapes.delete(scrape);
    }
  }

  async #answer(scrape: number): Promise<void> {
    tell({ kind: "metrics", scrape, metrics: (await this.#ofProcess?.()) ?? [] });
  }
}

/** A primary that is gone takes this process with it. */
const tell = (message: ToPrimary): void => void process.send?.(message);
