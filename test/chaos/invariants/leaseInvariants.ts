import { SETTINGS } from "../deployment.js";
import type { Evidence, Finding } from "../evidence.js";
import { groupedBy } from "../groupBy.js";
import type { Exchange, RequestKind } from "../requestHistory.js";

/** Reports that end a lease. */
const ENDS: Record<"take-starter" | "take-stopper", readonly RequestKind[]> = {
  "take-starter": ["submit", "submit-failed", "remove", "complete"],
  "take-stopper": ["remove", "remove-failed", "complete"],
};
/** Milliseconds after which a request without an answer has no effect any more. */
const LATE = 30_000;

/**
 * No taskforce was handed out to two pollers within one lease. What is known of a hand-out is that it was between its request and
 * its answer; one whose answer was lost is nobody's. A report ends the lease, also one whose answer was lost, and so does the loss
 * of the queue's keys.
 */
export function leasesAreExclusive({ history, deletions }: Evidence): Finding[] {
  return (["take-starter", "take-stopper"] as const).flatMap((kind) => {
    const ends = groupedBy(history.of(...ENDS[kind]), ({ subject }) => subject);
    const handOuts = history.of(kind).filter(({ handedOut }) => handedOut !== undefined);
    return [...groupedBy(handOuts, ({ handedOut }) => handedOut ?? "")].flatMap(([taskforce, taken]) =>
      pairs(taken)
        .filter(([first, second]) => second.ended < first.sent + SETTINGS.leaseSeconds * 1000)
        .filter(([first, second]) => !wasEnded(first, second, ends.get(taskforce) ?? [], deletions))
        .map(([first, second]) => ({
          message: `${kind}: handed out at ${at(first.ended)}, and again at ${at(second.ended)}`,
          taskforce,
        })),
    );
  });
}

const at = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Each hand-out with the next one. */
function pairs(taken: readonly Exchange[]): [Exchange, Exchange][] {
  const ordered = [...taken].sort((a, b) => a.ended - b.ended);
  return ordered.slice(1).map((second, index) => [ordered[index] as Exchange, second]);
}

function wasEnded(
  first: Exchange,
  second: Exchange,
  reports: readonly Exchange[],
  deletions: readonly number[],
): boolean {
  const reported = reports.some(
    ({ sent, ended }) => sent < second.ended && Math.min(ended, sent + LATE) > first.sent,
  );
  return reported || deletions.some((deleted) => deleted >= first.sent && deleted <= second.ended);
}
