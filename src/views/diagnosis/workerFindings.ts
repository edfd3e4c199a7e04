import type { FindingSubject, FoundFact } from "../../domain/diagnosis.js";
import { formatError } from "./wording.js";

/** Maximum number of statuses that a sentence names. */
const MAX_NAMED = 3;
/** Workers are reported as held if HTCondor holds at least this share of those that have not ended. */
const HELD_SHARE = 0.5;

/**
 * Finds workers that do not run: held ones if they are at least half, idle ones if none is running.
 *
 * @param counts workers by HTCondor status: `HELD: disk full`
 */
export function findIdleWorkers(counts: Readonly<Record<string, number>>, subject: FindingSubject): FoundFact[] {
  const live = Object.entries(counts)
    .filter(([status, n]) => n > 0 && !/^(completed|removed)\b/i.test(status))
    .sort(([, a], [, b]) => b - a);
  const total = sum(live);
  const held = live.filter(([status]) => /^held\b/i.test(status));
  const idle = live.filter(([status]) => /^idle\b/i.test(status));
  if (total === 0) return [];
  if (sum(held) >= HELD_SHARE * total)
    return [{ code: "workers-held", sentence: describeHeld(held, total), since: null, subject }];
  if (sum(held) + sum(idle) < total) return [];
  const others = sum(held) === 0 ? "" : `, ${sum(held)} ${sum(held) === 1 ? "is" : "are"} held${describeReasons(held)}`;
  const sentence = `${total === 1 ? "the only worker is" : `${all(sum(idle), total)} are`} idle${others}`;
  return [{ code: "workers-idle", sentence, since: null, subject }];
}

type Counts = readonly [status: string, n: number][];

const sum = (counts: Counts): number => counts.reduce((total, [, n]) => total + n, 0);

const all = (n: number, total: number): string => (n === total ? `all ${total} workers` : `${n} of ${total} workers`);

function describeHeld(held: Counts, total: number): string {
  const n = sum(held);
  return `${total === 1 ? "the only worker is" : `${all(n, total)} ${n === 1 ? "is" : "are"}`} held${describeReasons(held)}`;
}

/** The most frequent hold reasons: `: disk full (9), no memory (2)` */
function describeReasons(held: Counts): string {
  const reasons = held.flatMap(([status, n]): [string, number][] => {
    const reason = formatError(status.replace(/^held:?\s*/i, ""));
    return reason === "" ? [] : [[reason, n]];
  });
  if (reasons.length === 0) return "";
  const named = reasons.slice(0, MAX_NAMED).map(([reason, n]) => (held.length === 1 ? reason : `${reason} (${n})`));
  return `: ${named.join(", ")}${reasons.length > MAX_NAMED ? " and other reasons" : ""}`;
}
