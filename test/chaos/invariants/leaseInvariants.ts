import { CHAOS_SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";
import { groupBy } from "../groupBy.js";
import type { RecordedRequest, RequestKind } from "../requestHistory.js";

/** Reports that end a lease. */
const LEASE_ENDING_REPORTS: Record<"take-starter" | "take-stopper", readonly RequestKind[]> = {
  "take-starter": ["submit", "submit-failed", "remove", "complete"],
  "take-stopper": ["remove", "remove-failed", "complete"],
};
/** Milliseconds after which a request without an answer has no effect any more. */
const MAX_EFFECT_DELAY_MS = 30_000;

/**
 * No taskforce was handed out to two pollers within one lease. A hand-out took place between its request and its response; a
 * hand-out without a response does not count. A report ends the lease, even if its response was lost. So does the loss of the
 * queue's keys.
 */
export function leasesAreExclusive({ history, queueDeletionTimesMs }: Evidence): Finding[] {
  return (["take-starter", "take-stopper"] as const).flatMap((kind) => {
    const ends = groupBy(history.ofKinds(...LEASE_ENDING_REPORTS[kind]), ({ subject }) => subject);
    const handOuts = history.ofKinds(kind).filter(({ handedOutUuid }) => handedOutUuid !== undefined);
    return [...groupBy(handOuts, ({ handedOutUuid }) => handedOutUuid ?? "")].flatMap(([taskforce, taken]) =>
      consecutivePairs(taken)
        .filter(([first, second]) => second.endedAtMs < first.sentAtMs + CHAOS_SETTINGS.leaseSeconds * 1000)
        .filter(([first, second]) => !leaseEndedBetween(first, second, ends.get(taskforce) ?? [], queueDeletionTimesMs))
        .map(([first, second]) => ({
          message: `${kind}: handed out at ${isoTime(first.endedAtMs)}, and again at ${isoTime(second.endedAtMs)}`,
          taskforce,
        })),
    );
  });
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Each hand-out with the next one. */
function consecutivePairs(taken: readonly RecordedRequest[]): [RecordedRequest, RecordedRequest][] {
  const ordered = [...taken].sort((a, b) => a.endedAtMs - b.endedAtMs);
  return ordered.slice(1).map((second, index) => [ordered[index] as RecordedRequest, second]);
}

function leaseEndedBetween(
  first: RecordedRequest,
  second: RecordedRequest,
  reports: readonly RecordedRequest[],
  deletions: readonly number[],
): boolean {
  const reported = reports.some(
    ({ sentAtMs, endedAtMs }) =>
      sentAtMs < second.endedAtMs && Math.min(endedAtMs, sentAtMs + MAX_EFFECT_DELAY_MS) > first.sentAtMs,
  );
  return reported || deletions.some((deleted) => deleted >= first.sentAtMs && deleted <= second.endedAtMs);
}
