import type { NamedMetrics, ProcessMetrics } from "../../metrics/mergeProcessMetrics.js";
import type { KeptProcess } from "./supervisedProcess.js";
import type { ToPrimary } from "./primaryMessages.js";

/** Milliseconds that processes have to tell their metrics. One that hangs is left out. */
const PATIENCE = 1000;

/** Metrics that are being gathered for the process that was asked for those of all. */
interface Scrape {
  others: NamedMetrics[];
  missing: Set<KeptProcess>;
  end(): void;
}

/** Passes metrics from process to process. It does not look into them. */
export class Scrapes {
  readonly #all: readonly KeptProcess[];
  readonly #open = new Map<number, Scrape>();
  #latest = 0;

  constructor(all: readonly KeptProcess[]) {
    this.#all = all;
  }

  /** To be called with all that processes tell. */
  heard(message: ToPrimary, from: KeptProcess): void {
    if (message.kind === "scrape") this.#begin(from, message.scrape);
    else if (message.kind === "metrics") this.#gather(message.scrape, from, message.metrics);
  }

  /** @param theirs the number by which the process knows its scrape */
  #begin(by: KeptProcess, theirs: number): void {
    const number = ++this.#latest;
    const others: NamedMetrics[] = [];
    const end = () => {
      clearTimeout(enough);
      this.#open.delete(number);
      by.tell({ kind: "scraped", scrape: theirs, others });
    };
    const enough = setTimeout(end, PATIENCE);
    const asked = this.#all.filter((each) => each !== by && each.tell({ kind: "tell", scrape: number }));
    this.#open.set(number, { others, missing: new Set(asked), end });
    if (asked.length === 0) end();
  }

  #gather(number: number, from: KeptProcess, metrics: ProcessMetrics): void {
    const scrape = this.#open.get(number);
    if (scrape?.missing.delete(from) !== true) return;
    scrape.others.push({ process: from.name, metrics });
    if (scrape.missing.size === 0) scrape.end();
  }
}
