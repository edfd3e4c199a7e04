import { setTimeout as wait } from "node:timers/promises";
import type { History, RequestKind } from "./requestHistory.js";

/** Kinds that are asked for all the time, so that a long silence means something. */
const WATCHED: readonly RequestKind[] = [
  "create-workflow",
  "add-workers",
  "read-workflow",
  "read-taskforce",
  "summary",
  "query",
  "take-starter",
  "take-stopper",
  "submit",
  "remove",
  "complete",
  "statuses",
];
/** Milliseconds between two looks. */
const LOOK = 50;

/** How long a kind of request took to succeed again. */
export interface Recovery {
  kind: RequestKind;
  /** Milliseconds; infinite when it did not. */
  took: number;
}

/**
 * Waits until, after a break's end, a request of each kind has succeeded again.
 *
 * @param healed epoch milliseconds of the end
 * @param patience milliseconds
 */
export async function recovery(history: History, healed: number, patience: number): Promise<Recovery[]> {
  const took = new Map<RequestKind, number>();
  let next = history.exchanges.findLastIndex(({ sent }) => sent < healed) + 1;
  const open = new Set<number>();
  while (took.size < WATCHED.length && Date.now() < healed + patience) {
    await wait(LOOK);
    for (; next < history.exchanges.length; next++) open.add(next);
    for (const index of open) {
      const exchange = history.exchanges[index];
      if (exchange === undefined || exchange.status === undefined) continue;
      open.delete(index);
      const { kind, outcome, ended } = exchange;
      if (outcome === "done" && WATCHED.includes(kind))
        took.set(kind, Math.min(took.get(kind) ?? Number.POSITIVE_INFINITY, ended - healed));
    }
  }
  return WATCHED.map((kind) => ({ kind, took: took.get(kind) ?? Number.POSITIVE_INFINITY }));
}
