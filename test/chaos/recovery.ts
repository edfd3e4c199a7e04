import { setTimeout as wait } from "node:timers/promises";
import type { RequestHistory, RequestKind } from "./requestHistory.js";

/** Kinds that clients send continuously. For rarer kinds, the time to the next success says nothing. */
const MEASURED_KINDS: readonly RequestKind[] = [
  "create-workflow",
  "add-workers",
  "read-workflow",
  "read-taskforce",
  "summary",
  "query",
  "lease-starter",
  "lease-stopper",
  "submit",
  "remove",
  "complete",
  "statuses",
];
/** Milliseconds between two reads of the history. */
const POLL_INTERVAL_MS = 50;

/** The time until a kind of request succeeded again. */
export interface Recovery {
  kind: RequestKind;
  /** Milliseconds; infinite if it did not succeed. */
  durationMs: number;
}

/**
 * Waits until a request of each kind has succeeded after the end of the faults.
 *
 * @param healedAtMs end of the faults, in epoch milliseconds
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
