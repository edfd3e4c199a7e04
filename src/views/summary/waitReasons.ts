import type { Phase, PhaseChange } from "../../domain/phases.js";
import type { QueueWaitReason, WaitReason, WaitReasons } from "../../domain/summary.js";
import { truncateText } from "../../domain/truncateText.js";
import type { Wms } from "../../lifecycle/context.js";
import { isAwaitingStop, isDeadLetter } from "../../lifecycle/handOut.js";
import type { TaskforceRecord } from "../../store/records.js";

/** Shortens an error for a summary. The taskforce's log keeps the whole text. */
export const shortenErrorText = (text: string): string => truncateText(text, 1000);

/** The phase that a waiting taskforce reaches next. */
const NEXT_PHASE: Partial<Record<Phase, Phase>> = {
  "pre-mq-activation": "pre-launch",
  "pending-starter": "condor-submit",
  "pending-stopper": "condor-rm",
};

/** The numbers of a taskforce's workers by HTCondor status and pilot status. */
export type WorkerStatuses = readonly [condor: string, pilots: Record<string, number>][];

/** Collects why a workflow's taskforces are waiting. */
export class WaitReasonsTally {
  readonly #wms: Wms;
  #activation: WaitGroup | undefined;
  readonly #starter = new Map<string, WaitGroup>();
  readonly #dead = new Map<string, WaitGroup>();
  readonly #stopper = new Map<string, WaitGroup>();
  #neverStarted = 0;
  readonly #workers = Object.create(null) as Record<string, number>;

  constructor(wms: Wms) {
    this.#wms = wms;
  }

  /** @param waitingSinceSeconds when the taskforce entered its phase, in epoch seconds */
  add(
    record: TaskforceRecord,
    statuses: WorkerStatuses,
    log: readonly PhaseChange[],
    waitingSinceSeconds: number,
  ): void {
    const { phase, schedd } = record;
    const error = newestError(log, NEXT_PHASE[phase]);
    const expiredLeases = record.expired_leases ?? 0;
    const one = {
      waitingSinceSeconds,
      error,
      failures: record.submit_failures ?? 0,
      expiredLeases,
      lastExpiredSeconds: record.lease_expired_ts === undefined ? null : Number(record.lease_expired_ts),
      unreported: expiredLeases > 0 ? 1 : 0,
    };
    const addTo = (groups: Map<string, WaitGroup>) => groups.set(schedd, mergeWait(groups.get(schedd), one));
    if (phase === "pre-mq-activation") this.#activation = mergeWait(this.#activation, one);
    else if (isDeadLetter(this.#wms, record)) addTo(this.#dead);
    else if (phase === "pending-starter") addTo(this.#starter);
    else if (isAwaitingStop(record)) addTo(this.#stopper);
    else if (phase === "pending-stopper") this.#neverStarted++;
    else if (phase === "condor-submit")
      for (const [condor, pilots] of statuses)
        for (const count of Object.values(pilots)) this.#workers[condor] = (this.#workers[condor] ?? 0) + count;
  }

  toWaits(): WaitReasons {
    return {
      activation: this.#activation === undefined ? null : toWaiting(this.#activation),
      starter: sortLongestFirst(this.#starter, toQueueWait),
      dead: sortLongestFirst(this.#dead, (schedd, group) => ({
        schedd,
        ...toWaiting(group),
        failures: group.failures,
      })),
      stopper: sortLongestFirst(this.#stopper, toQueueWait),
      never_started: this.#neverStarted,
      workers: this.#workers,
    };
  }
}

interface WaitGroup {
  n: number;
  waitingSinceSeconds: number;
  /** The newest error, and its time in epoch seconds. */
  error: { text: string; at: number } | undefined;
  failures: number;
  expiredLeases: number;
  /** Epoch seconds of the newest expiry. */
  lastExpiredSeconds: number | null;
  /** Taskforces with expired leases. */
  unreported: number;
}

/** The failure to reach a phase, if it is the newest entry of the log. */
function newestError(log: readonly PhaseChange[], target: Phase | undefined): WaitGroup["error"] {
  const last = log.at(-1);
  if (last === undefined || last.was_successful || last.target_phase !== target) return undefined;
  return { text: shortenErrorText(last.context), at: last.timestamp };
}

function mergeWait(group: WaitGroup | undefined, one: Omit<WaitGroup, "n">): WaitGroup {
  if (group === undefined) return { n: 1, ...one };
  const isNewer = (one.error?.at ?? 0) > (group.error?.at ?? 0);
  return {
    n: group.n + 1,
    waitingSinceSeconds: Math.min(group.waitingSinceSeconds, one.waitingSinceSeconds),
    error: isNewer ? one.error : group.error,
    failures: Math.max(group.failures, one.failures),
    expiredLeases: group.expiredLeases + one.expiredLeases,
    lastExpiredSeconds: latestOf(group.lastExpiredSeconds, one.lastExpiredSeconds),
    unreported: group.unreported + one.unreported,
  };
}

const toWaiting = ({ n, waitingSinceSeconds: since, error }: WaitGroup): WaitReason => ({
  n,
  since,
  error: error?.text ?? null,
});

const latestOf = (a: number | null, b: number | null): number | null => (a === null ? b : Math.max(a, b ?? a));

const toQueueWait = (schedd: string, group: WaitGroup): QueueWaitReason => ({
  schedd,
  ...toWaiting(group),
  expired_leases: group.expiredLeases,
  last_expired: group.lastExpiredSeconds,
  unreported: group.unreported,
});

const sortLongestFirst = <W extends WaitReason>(
  bySchedd: ReadonlyMap<string, WaitGroup>,
  toReason: (schedd: string, group: WaitGroup) => W,
): W[] => [...bySchedd].map(([schedd, group]) => toReason(schedd, group)).sort((a, b) => a.since - b.since);
