import { PHASES, type Phase, type PhaseChange } from "../../domain/phases.js";
import type { PhaseDurationStats } from "../../domain/summary.js";
import type { TaskforceRecord } from "../../store/records.js";

/** Measures how long taskforces stay in each phase. */
export class PhaseDurations {
  readonly #staysByPhase = new Map<Phase, ReturnType<typeof createStays>>();

  /**
   * Adds a taskforce's past and current stays.
   *
   * @returns when it entered its phase, in epoch seconds; its record's `since` changes with each failure
   */
  add({ phase, since }: TaskforceRecord, log: readonly PhaseChange[]): number {
    let lastChange: PhaseChange | undefined;
    for (const change of log) {
      // A retry names the current phase.
      if (!change.was_successful || change.target_phase === lastChange?.target_phase) continue;
      if (lastChange !== undefined) {
        const stays = this.#staysIn(lastChange.target_phase);
        stays.pastCount++;
        // Clocks of different machines may differ.
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

  #staysIn(phase: Phase): ReturnType<typeof createStays> {
    const stays = this.#staysByPhase.get(phase) ?? createStays();
    this.#staysByPhase.set(phase, stays);
    return stays;
  }

  /** The statistics of each phase, in the order of the phases. */
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

/** The stays of taskforces in one phase. */
const createStays = () => ({ n: 0, oldestSinceSeconds: Number.POSITIVE_INFINITY, pastCount: 0, pastSeconds: 0 });
