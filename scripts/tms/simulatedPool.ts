import type { Random } from "./random.js";
import type { TmsCompoundStatuses, TmsTopTaskErrors } from "./wmsTypes.js";

/** The HTCondor status and the pilot status of a worker. The pilot status is `"null"` before the pilot's first report. */
type WorkerState = readonly [condor: string, pilot: string];

/** A transition of workers: a share of those in `from` in each round. */
interface WorkerTransition {
  from: WorkerState;
  to: WorkerState;
  fraction: number;
  /** The error in top_task_errors for each of these workers. */
  error?: string;
}

const MEMORY_HOLD = "HELD: Job has gone over cgroup memory limit of 4096 megabytes";
const TRANSFER_HOLD = "HELD: Transfer input files failure";

/** The states of simulated workers, in their order. */
const WORKER_TRANSITIONS: readonly WorkerTransition[] = [
  {
    from: ["RUNNING", "Tasking"],
    to: ["COMPLETED", "FatalError"],
    fraction: 0.02,
    error: "ContainerRunFailed: task container exited with code 137",
  },
  {
    from: ["RUNNING", "Tasking"],
    to: [MEMORY_HOLD, "Tasking"],
    fraction: 0.02,
    error: "MemoryError: unable to allocate 1.2 GiB",
  },
  { from: ["RUNNING", "Tasking"], to: ["COMPLETED", "Done"], fraction: 0.08 },
  { from: ["RUNNING", "WaitingForFirstMessage"], to: ["RUNNING", "Tasking"], fraction: 0.7 },
  {
    from: ["RUNNING", "WaitingForFirstMessage"],
    to: ["COMPLETED", "Done"],
    fraction: 0.03,
    error: "TimeoutError: no message within 120 seconds",
  },
  { from: ["RUNNING", "PilotStarted"], to: ["RUNNING", "WaitingForFirstMessage"], fraction: 0.8 },
  { from: [MEMORY_HOLD, "Tasking"], to: ["IDLE", "null"], fraction: 0.5 },
  { from: [TRANSFER_HOLD, "null"], to: ["IDLE", "null"], fraction: 0.5 },
  { from: ["IDLE", "null"], to: [TRANSFER_HOLD, "null"], fraction: 0.01 },
  { from: ["IDLE", "null"], to: ["RUNNING", "PilotStarted"], fraction: 0.6 },
];

const ENDED_STATUSES = new Set(["COMPLETED", "REMOVED"]);

/** One HTCondor cluster. It counts workers by state, because a cluster may have a million. */
interface Cluster {
  uuid: string;
  statusesByTaskforce: TmsCompoundStatuses;
  errors: TmsTopTaskErrors;
}

/** A simulated HTCondor pool behind one access point. */
export class SimulatedPool {
  readonly #random: Random;
  readonly #clusters = new Map<string, Cluster>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Adds the cluster of a taskforce. Its workers are idle, unless their statuses are given. */
  add(uuid: string, nWorkers: number, statuses: TmsCompoundStatuses = {}): void {
    const known = Object.keys(statuses).length > 0;
    const waiting: TmsCompoundStatuses = nWorkers > 0 ? { IDLE: { null: nWorkers } } : {};
    this.#clusters.set(uuid, {
      uuid,
      statusesByTaskforce: known ? structuredClone(statuses) : waiting,
      errors: {},
    });
  }

  /** Whether the pool has a cluster for the taskforce. */
  has(uuid: string): boolean {
    return this.#clusters.has(uuid);
  }

  /** Removes every idle or running worker of a cluster. */
  remove(uuid: string): void {
    const cluster = this.#clusters.get(uuid);
    if (cluster === undefined) return;
    for (const [condor, pilots] of Object.entries(cluster.statusesByTaskforce)) {
      if (ENDED_STATUSES.has(condor)) continue;
      for (const [pilot, workers] of Object.entries(pilots))
        moveWorkers(cluster.statusesByTaskforce, [condor, pilot], ["REMOVED", pilot], workers);
    }
  }

  /** Deletes a cluster. */
  forget(uuid: string): void {
    this.#clusters.delete(uuid);
  }

  /** Advances the simulation by one round. */
  advance(): void {
    for (const { statusesByTaskforce, errors } of this.#clusters.values()) {
      for (const { from, to, fraction, error } of WORKER_TRANSITIONS) {
        const workers = statusesByTaskforce[from[0]]?.[from[1]] ?? 0;
        // Random rounding, so that small clusters advance as fast as large ones on average.
        const moved = Math.min(workers, Math.floor(workers * fraction + this.#random()));
        if (moved === 0) continue;
        moveWorkers(statusesByTaskforce, from, to, moved);
        if (error !== undefined) errors[error] = (errors[error] ?? 0) + moved;
      }
    }
  }

  /** The statuses and errors of each taskforce, in the format of the statuses report. */
  statuses(): { compound: Record<string, TmsCompoundStatuses>; errors: Record<string, TmsTopTaskErrors> } {
    const clusters = [...this.#clusters.values()];
    return {
      compound: Object.fromEntries(
        clusters.map(({ uuid, statusesByTaskforce }) => [uuid, structuredClone(statusesByTaskforce)]),
      ),
      errors: Object.fromEntries(
        clusters.flatMap(({ uuid, errors }) => (Object.keys(errors).length > 0 ? [[uuid, { ...errors }]] : [])),
      ),
    };
  }

  /** The taskforces whose workers have all ended. */
  endedTaskforces(): string[] {
    return [...this.#clusters.values()].flatMap(({ uuid, statusesByTaskforce }) =>
      Object.keys(statusesByTaskforce).every((condor) => ENDED_STATUSES.has(condor)) ? [uuid] : [],
    );
  }
}

function moveWorkers(statuses: TmsCompoundStatuses, from: WorkerState, to: WorkerState, workers: number): void {
  const left = (statuses[from[0]]?.[from[1]] ?? 0) - workers;
  const source = { ...statuses[from[0]], [from[1]]: left };
  if (left <= 0) delete source[from[1]];
  if (Object.keys(source).length === 0) delete statuses[from[0]];
  else statuses[from[0]] = source;
  statuses[to[0]] = { ...statuses[to[0]], [to[1]]: (statuses[to[0]]?.[to[1]] ?? 0) + workers };
}
