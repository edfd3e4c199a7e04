import { PHASES, type Phase, type PhaseChange } from "../../domain/phases.js";
import type { PhaseDurationStats } from "../../domain/summary.js";
import type { TaskforceRecord } from "../../store/records.js";

/** The stays in one phase. */
interface Stays {
  n: number;
  oldestSinceSeconds: number;
  pastCount: number;
  pastSeconds: number;
}

/** Measures how long taskforces are, and were, in each phase. */
export class PhaseDurations {
  readonly #staysByPhase = new Map<Phase, Stays>();

  /**
   * Counts a taskforce's way so far.
   *
   * @returns epoch seconds since which it is in its phase: not its record's `since`, which begins anew with each failure
   */
  add({ phase, since }: TaskforceRecord, log: readonly PhaseChange[]): number {
    let lastChange: PhaseChange | undefined;
    for (const change of log) {
      // A retry names the phase that the taskforce is in anyway.
      if (!change.was_successful || change.target_phase === lastChange?.target_phase) continue;
      if (lastChange !== undefined) {
        const stays = this.#staysIn(lastChange.target_phase);
        stays.pastCount++;
        // Clocks of different machines may disagree.
        stays.pastSeconds += Math.max(0, change.timestamp - lastChange.timestamp);
      }
      lastChange = change;
    }
    const enteredSeconds = lastChange?.target_phase === phase ? lastChange.timestamp : Number(since);
    const stays = this.#staysIn(phase);
    stays.n++;
    stays.oldestSinceSeconds = Math.min(stays.oldestSinceSeconds, enteredSeconds);
    return enteredSeconds;
  }

  #staysIn(phase: Phase): Stays {
    const stays = this.#staysByPhase.get(phase) ?? {
      n: 0,
      oldestSinceSeconds: Number.POSITIVE_INFINITY,
      pastCount: 0,
      pastSeconds: 0,
    };
    this.#staysByPhase.set(phase, stays);
    return stays;
  }

  /** All that was counted, in the order of a taskforce's life. */
  stays(): Partial<Record<Phase, PhaseDurationStats>> {
    const reached = PHASES.flatMap((phase): [Phase, PhaseDurationStats][] => {
      const stays = this.#staysByPhase.get(phase);
      if (stays === undefined) return [];
      const { n, oldestSinceSeconds, pastCount, pastSeconds } = stays;
      const oldest_since = n === 0 ? null : oldestSinceSeconds;
      return [[phase, { n, oldest_since, seconds_mean_past: pastCount === 0 ? null : pastSeconds / pastCount }]];
    });
    return Object.fromEntries(reached);
  }
}
