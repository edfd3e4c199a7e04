import type { NamedMetrics, ProcessMetrics } from "../../metrics/mergeProcessMetrics.js";
import type { MessageToPrimary } from "./primaryMessages.js";
import type { SupervisedProcess } from "./supervisedProcess.js";

/** Milliseconds that processes have to tell their metrics. One that hangs is left out. */
const COLLECT_TIMEOUT_MS = 1000;

/** Metrics that are being gathered for the process that was asked for those of all. */
interface PendingScrape {
  others: NamedMetrics[];
  missing: Set<SupervisedProcess>;
  end(): void;
}

/** Passes metrics from process to process. It does not look into them. */
export class MetricsRelay {
  readonly #processes: readonly SupervisedProcess[];
  readonly #pending = new Map<number, PendingScrape>();
  #lastScrapeId = 0;

  constructor(all: readonly SupervisedProcess[]) {
    this.#processes = all;
  }

  /** To be called with all that processes tell. */
  handleMessage(message: MessageToPrimary, from: SupervisedProcess): void {
    if (message.kind === "scrape") this.#startScrape(from, message.scrape);
    else if (message.kind === "metrics") this.#addMetrics(message.scrape, from, message.metrics);
  }

  /** @param requesterScrapeId the number by which the process knows its scrape */
  #startScrape(requester: SupervisedProcess, requesterScrapeId: number): void {
    const scrapeId = ++this.#lastScrapeId;
    const others: NamedMetrics[] = [];
    const end = () => {
      clearTimeout(timer);
      this.#pending.delete(scrapeId);
      requester.send({ kind: "scraped", scrape: requesterScrapeId, others });
    };
    const timer = setTimeout(end, COLLECT_TIMEOUT_MS);
    const requested = this.#processes.filter(
      (each) => each !== requester && each.send({ kind: "tell", scrape: scrapeId }),
    );
    this.#pending.set(scrapeId, { others, missing: new Set(requested), end });
    if (requested.length === 0) end();
  }

  #addMetrics(scrapeId: number, from: SupervisedProcess, metrics: ProcessMetrics): void {
    const scrape = this.#pending.get(scrapeId);
    if (scrape?.missing.delete(from) !== true) return;
    scrape.others.push({ process: from.name, metrics });
    if (scrape.missing.size === 0) scrape.end();
  }
}
