import { signal } from "@preact/signals";
import type { Summary } from "../api/apiTypes.ts";
import { countWorkersByKind } from "../parts/workerGroups.ts";

/** Seconds over which a rate is measured. */
const RATE_WINDOW_SECONDS = 120;
/** Minimum seconds between the two samples of a rate. */
const MIN_RATE_SECONDS = 4;

interface CompletionSample {
  atSeconds: number;
  doneCount: number;
}

/** Measures how fast the workers of each task complete while the page is open. */
export class CompletionRates {
  readonly #samples = new Map<string, CompletionSample[]>();
  /** Successfully completed workers per minute, by task; no entry while the rate is unknown. */
  readonly perMinute = signal<ReadonlyMap<string, number>>(new Map());

  /** Adds a summary. A summary without sums per task changes nothing. */
  addSummary({ tasks, updated }: Partial<Pick<Summary, "tasks">> & Pick<Summary, "updated">): void {
    if (tasks === undefined) return;
    const rates = new Map<string, number>();
    for (const { task_id, compound_statuses } of tasks) {
      const samples = this.#samples.get(task_id) ?? [];
      this.#samples.set(task_id, samples);
      const { done } = countWorkersByKind(compound_statuses);
      if ((samples.at(-1)?.atSeconds ?? 0) < updated) samples.push({ atSeconds: updated, doneCount: done });
      while (samples.length > 2 && (samples[1] as CompletionSample).atSeconds < updated - RATE_WINDOW_SECONDS)
        samples.shift();
      const [first, last] = [samples[0], samples.at(-1)];
      if (first && last && last.atSeconds - first.atSeconds >= MIN_RATE_SECONDS)
        rates.set(task_id, Math.max(0, (60 * (last.doneCount - first.doneCount)) / (last.atSeconds - first.atSeconds)));
    }
    this.perMinute.value = rates;
  }
}
