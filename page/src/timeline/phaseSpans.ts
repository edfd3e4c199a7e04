import type { Phase, Taskforce } from "../api/apiTypes.ts";

/** A stay in a phase, in epoch seconds. */
export interface Span {
  phase: Phase;
  from: number;
  to: number;
}

/** Stays of a taskforce in its phases, oldest first. @param now where the present one ends, unless that phase is the last */
export function spansOf({ phase_change_log: log }: Pick<Taskforce, "phase_change_log">, now: number): Span[] {
  const changes = log.filter(({ was_successful }) => was_successful);
  return changes.map(({ target_phase: phase, timestamp: from }, n) => {
    const next = changes[n + 1]?.timestamp;
    return { phase, from, to: next ?? (phase === "condor-complete" ? from : Math.max(now, from)) };
  });
}

/** Times of the attempts that failed. */
export const failuresOf = ({ phase_change_log: log }: Pick<Taskforce, "phase_change_log">): number[] =>
  log.filter(({ was_successful }) => !was_successful).map(({ timestamp }) => timestamp);

/** Steps of an axis, in seconds, that people count in. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Marks of an axis, in seconds after its start. @param most of them */
export function ticks(seconds: number, most: number): number[] {
  const step = STEPS.find((s) => seconds / s <= most) ?? 86400 * Math.ceil(seconds / 86400 / most);
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, n) => n * step);
}
