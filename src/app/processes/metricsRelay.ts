import type { NamedMetrics, ProcessMetrics } from "../../metrics/metrics.js";
import type { MessageToPrimary } from "./primaryMessages.js";
import type { SupervisedProcess } from "./supervisedProcess.js";

/** Time limit of the other processes. One that hangs is left out. */
const COLLECT_TIMEOUT_MS = 1000;

/** A scrape in progress: one process answers it with the metrics of all. */
interface PendingScrape {
  others: NamedMetrics[];
  missing: Set<SupervisedProcess>;
  end(): void;
}

/** Collects the metrics of all processes for the one that answers a scrape. */
export class MetricsRelay {
  readonly #processes: readonly SupervisedProcess[];
  readonly #pending = new Map<number, PendingScrape>();
  #lastScrapeId = 0;

  constructor(all: readonly SupervisedProcess[]) {
    this.#processes = all;
  }

  /** Handles a message of a process. */
  handleMessage(message: MessageToPrimary, from: SupervisedProcess): void {
    if (message.kind === "scrape") this.#startScrape(from, message.scrape);
    else if (message.kind === "metrics") this.#addMetrics(message.scrape, from, message.metrics);
  }

  /** @param requesterScrapeId the id of the scrape in the requesting process */
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
      (each) => each !== requester && each.send({ kind: "collect", scrape: scrapeId }),
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
