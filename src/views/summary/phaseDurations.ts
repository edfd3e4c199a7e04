import { PHASES, type Phase, type PhaseChange } from "../../domain/phases.js";
import type { PhaseStays } from "../../domain/summary.js";
import type { TaskforceRecord } from "../../store/records.js";

/** The stays in one phase. */
interface Stays {
  n: number;
  oldest: number;
  past: number;
  pastSeconds: number;
}

/** Measures how long taskforces are, and were, in each phase. */
export class PhaseClock {
  readonly #stays = new Map<Phase, Stays>();

  /**
   * Counts a taskforce's way so far.
   *
   * @returns epoch seconds since which it is in its phase: not its record's `since`, which begins anew with each failure
   */
  add({ phase, since }: TaskforceRecord, log: readonly PhaseChange[]): number {
    let at: PhaseChange | undefined;
    for (const change of log) {
      // A retry names the phase that the taskforce is in anyway.
      if (!change.was_successful || change.target_phase === at?.target_phase) continue;
      if (at !== undefined) {
        const stays = this.#of(at.target_phase);
        stays.past++;
        // Clocks of different machines may disagree.
        stays.pastSeconds += Math.max(0, change.timestamp - at.timestamp);
      }
      at = change;
    }
    const entered = at?.target_phase === phase ? at.timestamp : Number(since);
    const stays = this.#of(phase);
    stays.n++;
    stays.oldest = Math.min(stays.oldest, entered);
    return entered;
  }

  #of(phase: Phase): Stays {
    const stays = this.#stays.get(phase) ?? {
      n: 0,
      oldest: Number.POSITIVE_INFINITY,
      past: 0,
      pastSeconds: 0,
    };
    this.#stays.set(phase, stays);
    return stays;
  }

  /** All that was counted, in the order of a taskforce's life. */
  stays(): Partial<Record<Phase, PhaseStays>> {
    const reached = PHASES.flatMap((phase): [Phase, PhaseStays][] => {
      const stays = this.#stays.get(phase);
      if (stays === undefined) return [];
      const { n, oldest, past, pastSeconds } = stays;
      const oldest_since = n === 0 ? null : oldest;
      return [[phase, { n, oldest_since, seconds_mean_past: past === 0 ? null : pastSeconds / past }]];
    });
    return Object.fromEntries(reached);
  }
}
