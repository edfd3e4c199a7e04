import type { Phase, PhaseChange } from "../../domain/phases.js";
import type { ScheddWaitReason, WaitReason, WaitReasons } from "../../domain/summary.js";
import { truncateText } from "../../domain/truncateText.js";
import type { Wms } from "../../lifecycle/context.js";
import { isAwaitingStop, isDeadLetter } from "../../lifecycle/handOut.js";
import type { TaskforceRecord } from "../../store/records.js";

/** Characters kept of an error's text. A TMS may send any number, and the log has them all. */
const MAX_TEXT_CHARACTERS = 1000;

/** An error's text as a summary keeps it. */
export const shortenErrorText = (text: string): string => truncateText(text, MAX_TEXT_CHARACTERS);

/** The phase that a taskforce in another one waits to reach. */
const NEXT_PHASE: Partial<Record<Phase, Phase>> = {
  "pre-mq-activation": "pre-launch",
  "pending-starter": "condor-submit",
  "pending-stopper": "condor-rm",
};

type WorkerStatuses = readonly [condor: string, pilots: Record<string, number>][];

/** Gathers what the taskforces of a workflow wait for. */
export class WaitReasonsTally {
  readonly #wms: Wms;
  #activation: WaitGroup | undefined;
  readonly #starter = new Map<string, WaitGroup>();
  readonly #dead = new Map<string, WaitGroup>();
  readonly #stopper = new Map<string, WaitGroup>();
  readonly #workers = Object.create(null) as Record<string, number>;

  constructor(wms: Wms) {
    this.#wms = wms;
  }

  /**
   * @param statuses the taskforce's workers: HTCondor status, and their numbers by pilot status
   * @param since epoch seconds since which the taskforce is in its phase
   */
  add(record: TaskforceRecord, statuses: WorkerStatuses, log: readonly PhaseChange[], since: number): void {
    const { phase, schedd } = record;
    const error = newestError(log, NEXT_PHASE[phase]);
    const one = { since, error, failures: record.submit_failures ?? 0 };
    if (phase === "pre-mq-activation") this.#activation = mergeWait(this.#activation, one);
    else if (isDeadLetter(this.#wms, record)) this.#dead.set(schedd, mergeWait(this.#dead.get(schedd), one));
    else if (phase === "pending-starter") this.#starter.set(schedd, mergeWait(this.#starter.get(schedd), one));
    else if (isAwaitingStop(record)) this.#stopper.set(schedd, mergeWait(this.#stopper.get(schedd), one));
    else if (phase === "condor-submit") this.#addWorkers(statuses);
  }

  #addWorkers(statuses: WorkerStatuses): void {
    for (const [condor, pilots] of statuses)
      for (const count of Object.values(pilots)) this.#workers[condor] = (this.#workers[condor] ?? 0) + count;
  }

  toWaits(): WaitReasons {
    return {
      activation: this.#activation === undefined ? null : toWaiting(this.#activation),
      starter: sortLongestFirst(this.#starter),
      dead: sortLongestFirst(this.#dead).map((waiting) => ({
        ...waiting,
        failures: this.#dead.get(waiting.schedd)?.failures ?? 0,
      })),
      stopper: sortLongestFirst(this.#stopper),
      workers: this.#workers,
    };
  }
}

interface NewestError {
  text: string;
  at: number;
}

interface WaitGroup {
  n: number;
  since: number;
  error: NewestError | undefined;
  failures: number;
}

/** The newest failure to reach a phase, unless the taskforce was retried since, or something else came to pass. */
function newestError(log: readonly PhaseChange[], target: Phase | undefined): NewestError | undefined {
  const last = log.at(-1);
  if (last === undefined || last.was_successful || last.target_phase !== target) return undefined;
  return { text: shortenErrorText(last.context), at: last.timestamp };
}

function mergeWait(group: WaitGroup | undefined, one: Omit<WaitGroup, "n">): WaitGroup {
  if (group === undefined) return { n: 1, ...one };
  const isNewer = (one.error?.at ?? 0) > (group.error?.at ?? 0);
  return {
    n: group.n + 1,
    since: Math.min(group.since, one.since),
    error: isNewer ? one.error : group.error,
    failures: Math.max(group.failures, one.failures),
  };
}

const toWaiting = ({ n, since, error }: WaitGroup): WaitReason => ({ n, since, error: error?.text ?? null });

const sortLongestFirst = (bySchedd: ReadonlyMap<string, WaitGroup>): ScheddWaitReason[] =>
  [...bySchedd].map(([schedd, gathered]) => ({ schedd, ...toWaiting(gathered) })).sort((a, b) => a.since - b.since);
