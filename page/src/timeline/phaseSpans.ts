import type { Phase, Taskforce } from "../api/apiTypes.ts";

/** A stay in a phase, in epoch seconds. */
export interface PhaseSpan {
  phase: Phase;
  from: number;
  to: number;
}

/** Stays of a taskforce in its phases, oldest first. @param now where the present one ends, unless that phase is the last */
export function phaseSpans({ phase_change_log: log }: Pick<Taskforce, "phase_change_log">, now: number): PhaseSpan[] {
  const changes = log.filter(({ was_successful }) => was_successful);
  return changes.map(({ target_phase: phase, timestamp: from }, n) => {
    const next = changes[n + 1]?.timestamp;
    return { phase, from, to: next ?? (phase === "condor-complete" ? from : Math.max(now, from)) };
  });
}

/** Times of the attempts that failed. */
export const failedAttemptTimes = ({ phase_change_log: log }: Pick<Taskforce, "phase_change_log">): number[] =>
  log.filter(({ was_successful }) => !was_successful).map(({ timestamp }) => timestamp);

/** Steps of an axis, in seconds, that people count in. */
const TICK_STEP_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Marks of an axis, in seconds after its start. @param maxTicks of them */
export function axisTicks(lengthSeconds: number, maxTicks: number): number[] {
  const step =
    TICK_STEP_SECONDS.find((s) => lengthSeconds / s <= maxTicks) ?? 86400 * Math.ceil(lengthSeconds / 86400 / maxTicks);
  return Array.from({ length: Math.floor(lengthSeconds / step) + 1 }, (_, n) => n * step);
}
