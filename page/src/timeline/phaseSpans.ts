import type { Phase, Taskforce } from "../api/apiTypes.ts";

/** The time of a taskforce in a phase, in epoch seconds. */
export interface PhaseSpan {
  phase: Phase;
  from: number;
  to: number;
}

/** The phases of a taskforce, oldest first. @param now the end of the current phase, unless it is the final one */
export function phaseSpans({ phase_change_log: log }: Pick<Taskforce, "phase_change_log">, now: number): PhaseSpan[] {
  const changes = log.filter(({ was_successful }) => was_successful);
  return changes.map(({ target_phase: phase, timestamp: from }, n) => {
    const next = changes[n + 1]?.timestamp;
    return { phase, from, to: next ?? (phase === "condor-complete" ? from : Math.max(now, from)) };
  });
}

/** Times of the failed attempts. */
export const failedAttemptTimes = ({ phase_change_log: log }: Pick<Taskforce, "phase_change_log">): number[] =>
  log.filter(({ was_successful }) => !was_successful).map(({ timestamp }) => timestamp);

/** Round steps of an axis in seconds. */
const TICK_STEP_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/** Positions of an axis' ticks in seconds after its start. */
export function axisTicks(lengthSeconds: number, maxTicks: number): number[] {
  const step =
    TICK_STEP_SECONDS.find((s) => lengthSeconds / s <= maxTicks) ?? 86400 * Math.ceil(lengthSeconds / 86400 / maxTicks);
  return Array.from({ length: Math.floor(lengthSeconds / step) + 1 }, (_, n) => n * step);
}
