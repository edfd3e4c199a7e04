import type { Phase, PhaseChange } from "../../domain/phases.js";
import { shortened } from "../../domain/truncateText.js";
import type { Waiting, WaitingAt, Waits } from "../../domain/summary.js";
import type { TaskforceRecord } from "../../store/records.js";
import type { Wms } from "../../lifecycle/context.js";
import { isDead, wantsStop } from "../../lifecycle/handOutRules.js";

/** Characters kept of an error's text. A TMS may send any number, and the log has them all. */
const LONGEST_TEXT = 1000;

/** An error's text as a summary keeps it. */
export const shortText = (text: string): string => shortened(text, LONGEST_TEXT);

/** The phase that a taskforce in another one waits to reach. */
const AIMED_AT: Partial<Record<Phase, Phase>> = {
  "pre-mq-activation": "pre-launch",
  "pending-starter": "condor-submit",
  "pending-stopper": "condor-rm",
};

type Statuses = readonly [condor: string, pilots: Record<string, number>][];

/** Gathers what the taskforces of a workflow wait for. */
export class WaitsTally {
  readonly #wms: Wms;
  #activation: Gathered | undefined;
  readonly #starter = new Map<string, Gathered>();
  readonly #dead = new Map<string, Gathered>();
  readonly #stopper = new Map<string, Gathered>();
  readonly #workers = Object.create(null) as Record<string, number>;

  constructor(wms: Wms) {
    this.#wms = wms;
  }

  /**
   * @param statuses the taskforce's workers: HTCondor status, and their numbers by pilot status
   * @param since epoch seconds since which the taskforce is in its phase
   */
  add(record: TaskforceRecord, statuses: Statuses, log: readonly PhaseChange[], since: number): void {
    const { phase, schedd } = record;
    const error = newestError(log, AIMED_AT[phase]);
    const one = { since, error, failures: record.submit_failures ?? 0 };
    if (phase === "pre-mq-activation") this.#activation = joined(this.#activation, one);
    else if (isDead(this.#wms, record)) this.#dead.set(schedd, joined(this.#dead.get(schedd), one));
    else if (phase === "pending-starter") this.#starter.set(schedd, joined(this.#starter.get(schedd), one));
    else if (wantsStop(record)) this.#stopper.set(schedd, joined(this.#stopper.get(schedd), one));
    else if (phase === "condor-submit") this.#addWorkers(statuses);
  }

  #addWorkers(statuses: Statuses): void {
    for (const [condor, pilots] of statuses)
      for (const count of Object.values(pilots)) this.#workers[condor] = (this.#workers[condor] ?? 0) + count;
  }

  total(): Waits {
    return {
      activation: this.#activation === undefined ? null : shown(this.#activation),
      starter: longestFirst(this.#starter),
      dead: longestFirst(this.#dead).map((waiting) => ({
        ...waiting,
        failures: this.#dead.get(waiting.schedd)?.failures ?? 0,
      })),
      stopper: longestFirst(this.#stopper),
      workers: this.#workers,
    };
  }
}

interface NewestError {
  text: string;
  at: number;
}

interface Gathered {
  n: number;
  since: number;
  error: NewestError | undefined;
  failures: number;
}

/** The newest failure to reach a phase, unless the taskforce was retried since, or something else came to pass. */
function newestError(log: readonly PhaseChange[], target: Phase | undefined): NewestError | undefined {
  const last = log.at(-1);
  if (last === undefined || last.was_successful || last.target_phase !== target) return undefined;
  return { text: shortText(last.context), at: last.timestamp };
}

function joined(some: Gathered | undefined, one: Omit<Gathered, "n">): Gathered {
  if (some === undefined) return { n: 1, ...one };
  const isNewer = (one.error?.at ?? 0) > (some.error?.at ?? 0);
  return {
    n: some.n + 1,
    since: Math.min(some.since, one.since),
    error: isNewer ? one.error : some.error,
    failures: Math.max(some.failures, one.failures),
  };
}

const shown = ({ n, since, error }: Gathered): Waiting => ({ n, since, error: error?.text ?? null });

const longestFirst = (bySchedd: ReadonlyMap<string, Gathered>): WaitingAt[] =>
  [...bySchedd]
    .map(([schedd, gathered]) => ({ schedd, ...shown(gathered) }))
    .sort((a, b) => a.since - b.since);
