import { CHAOS_SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";
import { groupBy } from "../groupBy.js";
import type { RecordedRequest, RequestKind } from "../requestHistory.js";

/** Reports that end a lease. */
const LEASE_ENDING_REPORTS: Record<"lease-starter" | "lease-stopper", readonly RequestKind[]> = {
  "lease-starter": ["submit", "submit-failed", "remove", "complete"],
  "lease-stopper": ["remove", "remove-failed", "complete"],
};
/** Milliseconds after which a request without a response can no longer take effect. */
export const MAX_EFFECT_DELAY_MS = 30_000;

/**
 * Checks that no two polls lease a taskforce at the same time. A lease begins between its request and its response.
 * A lease without a response does not count. A report ends a lease, even if its response is lost. The deletion of the
 * keys of a queue also ends its leases.
 */
export function leasesAreExclusive({ history, queueDeletionTimesMs }: Evidence): Finding[] {
  return (["lease-starter", "lease-stopper"] as const).flatMap((kind) => {
    const ends = groupBy(history.ofKinds(...LEASE_ENDING_REPORTS[kind]), ({ subject }) => subject);
    const leases = history.ofKinds(kind).filter(({ handedOutUuid }) => handedOutUuid !== undefined);
    return [...groupBy(leases, ({ handedOutUuid }) => handedOutUuid ?? "")].flatMap(([taskforce, ofTaskforce]) =>
      consecutivePairs(ofTaskforce)
        .filter(([first, second]) => second.endedAtMs < first.sentAtMs + CHAOS_SETTINGS.leaseSeconds * 1000)
        .filter(([first, second]) => !leaseEndedBetween(first, second, ends.get(taskforce) ?? [], queueDeletionTimesMs))
        .map(([first, second]) => ({
          message: `${kind}: leased at ${isoTime(first.endedAtMs)} and again at ${isoTime(second.endedAtMs)}`,
          taskforce,
        })),
    );
  });
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Pairs each lease with the next one. */
function consecutivePairs(leases: readonly RecordedRequest[]): [RecordedRequest, RecordedRequest][] {
  const ordered = [...leases].sort((a, b) => a.endedAtMs - b.endedAtMs);
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
