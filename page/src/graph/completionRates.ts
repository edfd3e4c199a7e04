import { signal } from "@preact/signals";
import type { Summary } from "../api/apiTypes.ts";
import { countKinds } from "../parts/workerGroups.ts";

/** Seconds over which a rate is taken. */
const WINDOW = 120;
/** Seconds that must have passed for a rate to mean anything. */
const LEAST = 4;

interface Seen {
  at: number;
  done: number;
}

/** How fast workers get done, by task, as far as this page has watched. */
export class Rates {
  readonly #seen = new Map<string, Seen[]>();
  /** Workers a minute that completed well; a task without one is not known yet. */
  readonly perMinute = signal<ReadonlyMap<string, number>>(new Map());

  /** Takes newer sums into account; without those of each task they change nothing. */
  note({ tasks, updated }: Partial<Pick<Summary, "tasks">> & Pick<Summary, "updated">): void {
    if (tasks === undefined) return;
    const rates = new Map<string, number>();
    for (const { task_id, compound_statuses } of tasks) {
      const seen = this.#seen.get(task_id) ?? [];
      this.#seen.set(task_id, seen);
      const { done } = countKinds(compound_statuses);
      if ((seen.at(-1)?.at ?? 0) < updated) seen.push({ at: updated, done });
      while (seen.length > 2 && (seen[1] as Seen).at < updated - WINDOW) seen.shift();
      const [first, last] = [seen[0], seen.at(-1)];
      if (first && last && last.at - first.at >= LEAST)
        rates.set(task_id, Math.max(0, (60 * (last.done - first.done)) / (last.at - first.at)));
    }
    this.perMinute.value = rates;
  }
}
