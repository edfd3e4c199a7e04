import { setTimeout as wait } from "node:timers/promises";
import type { RequestHistory, RequestKind } from "./requestHistory.js";

/** Kinds that are asked for all the time, so that a long silence means something. */
const MEASURED_KINDS: readonly RequestKind[] = [
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
const POLL_INTERVAL_MS = 50;

/** How long a kind of request took to succeed again. */
export interface Recovery {
  kind: RequestKind;
  /** Milliseconds; infinite when it did not. */
  durationMs: number;
}

/**
 * Waits until, after a break's end, a request of each kind has succeeded again.
 *
 * @param healedAtMs epoch milliseconds of the end
 * @param timeoutMs milliseconds
 */
export async function measureRecovery(
  history: RequestHistory,
  healedAtMs: number,
  timeoutMs: number,
): Promise<Recovery[]> {
  const took = new Map<RequestKind, number>();
  let next = history.requests.findLastIndex(({ sentAtMs }) => sentAtMs < healedAtMs) + 1;
  const open = new Set<number>();
  while (took.size < MEASURED_KINDS.length && Date.now() < healedAtMs + timeoutMs) {
    await wait(POLL_INTERVAL_MS);
    for (; next < history.requests.length; next++) open.add(next);
    for (const index of open) {
      const exchange = history.requests[index];
      if (exchange === undefined || exchange.status === undefined) continue;
      open.delete(index);
      const { kind, outcome, endedAtMs } = exchange;
      if (outcome === "done" && MEASURED_KINDS.includes(kind))
        took.set(kind, Math.min(took.get(kind) ?? Number.POSITIVE_INFINITY, endedAtMs - healedAtMs));
    }
  }
  return MEASURED_KINDS.map((kind) => ({ kind, durationMs: took.get(kind) ?? Number.POSITIVE_INFINITY }));
}
