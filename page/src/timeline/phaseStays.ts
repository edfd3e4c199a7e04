import type { Phase, Taskforce } from "../api/apiTypes.ts";

/** The stays of some taskforces in one phase, as in a summary. */
export interface PhaseStays {
  /** Taskforces that are in it now. */
  n: number;
  /** When the first of them entered it, in epoch seconds; null when there is none. */
  oldest_since: number | null;
  /** Mean duration of past stays; null when there is none. */
  seconds_mean_past: number | null;
}

/** Measures how long some taskforces stay in each phase, as the service does for a whole workflow. */
export function measurePhaseStays(taskforces: readonly Taskforce[]): Partial<Record<Phase, PhaseStays>> {
  const now = new Map<Phase, number[]>();
  const past = new Map<Phase, number[]>();
  const addTo = (durations: Map<Phase, number[]>, phase: Phase, value: number) => {
    const known = durations.get(phase);
    if (known === undefined) durations.set(phase, [value]);
    else known.push(value);
  };
  for (const { phase, timestamp, phase_change_log } of taskforces) {
    // A retry names the current phase, and a failed entry none that was reached.
    const reached = phase_change_log.filter(({ was_successful }) => was_successful);
    const entered = reached.filter(({ target_phase }, index) => target_phase !== reached[index - 1]?.target_phase);
    for (const [index, { target_phase, timestamp: from }] of entered.slice(0, -1).entries())
      addTo(past, target_phase, Math.max(0, (entered[index + 1]?.timestamp ?? from) - from));
    const last = entered.at(-1);
    addTo(now, phase, last?.target_phase === phase ? last.timestamp : timestamp);
  }
  const stays = [...new Set([...now.keys(), ...past.keys()])].map((phase): [Phase, PhaseStays] => {
    const [current = [], ended = []] = [now.get(phase), past.get(phase)];
    return [
      phase,
      {
        n: current.length,
        oldest_since: current.length === 0 ? null : Math.min(...current),
        seconds_mean_past: ended.length === 0 ? null : ended.reduce((sum, each) => sum + each, 0) / ended.length,
      },
    ];
  });
  return Object.fromEntries(stays);
}
