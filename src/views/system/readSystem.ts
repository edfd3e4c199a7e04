import { epochMs } from "../../domain/clock.js";
import type { SystemProcess, SystemQueue, SystemState } from "../../domain/system.js";
import type { Wms } from "../../lifecycle/context.js";
import type { ScheddQueues } from "../../queues/queues.js";
import { readServers } from "../../redis/serverInfo.js";
import { LAYOUT_VERSION } from "../../store/layout.js";
import type { Pause } from "../../store/pauses.js";
import type { RetentionProgress } from "../../store/retentionState.js";
import { type QueueSnapshot, readQueueSnapshots, readScheddSnapshots } from "../schedds/queueSnapshots.js";
import { refreshKnownSchedds } from "../schedds/readSchedds.js";
import { combineUpstreams, largestClockDifference, latestReconcile, toSystemProcess } from "./processes.js";

/** Reads the state of the service itself. The cost grows with processes, schedds and masters, not with taskforces. */
export async function readSystem(wms: Wms): Promise<SystemState> {
  const { store, queues } = wms;
  await refreshKnownSchedds(wms);
  const [live, redis, pauses, snapshots, retention] = await Promise.all([
    store.processes.list(),
    readServers(store.redis),
    store.pauses.readAll(),
    readQueueSnapshots(store, queues),
    store.retention.readProgress(),
  ]);
  const processes = live.map(toSystemProcess).sort(byRoleAndStart);
  return {
    processes,
    versions: [...new Set(live.map(({ version }) => version))].sort(),
    redis,
    upstreams: combineUpstreams(live),
    reconcile: latestReconcile(processes),
    retention: toSystemRetention(retention),
    queues: snapshots.map((snapshot) => toSystemQueue(snapshot, pauses)),
    layout: { version: LAYOUT_VERSION, partitions: store.partitions },
    clock_difference_seconds: largestClockDifference(live),
  };
}

/** Runs begin every hour. Without one for so long, no worker applies retention. */
const MAX_RUN_AGE_SECONDS = 2 * 3600;
/** Removals that are later than this by the settings are behind. */
const MAX_BEHIND_SECONDS = 24 * 3600;

function toSystemRetention(progress: RetentionProgress | undefined): SystemState["retention"] {
  const now = epochMs() / 1000;
  if (progress === undefined || now - progress.begun > MAX_RUN_AGE_SECONDS) return null;
  const { begun, upTo, lastRun } = progress;
  return {
    begun,
    last_run: lastRun ?? null,
    up_to: upTo,
    is_behind: now - upTo > MAX_BEHIND_SECONDS,
  };
}

/** Reads the queues of a schedd alone. */
export async function readScheddQueues({ store }: Wms, schedd: string, both: ScheddQueues): Promise<SystemQueue[]> {
  const [pauses, snapshots] = await Promise.all([store.pauses.readAll(), readScheddSnapshots(store, schedd, both)]);
  return snapshots.map((snapshot) => toSystemQueue(snapshot, pauses));
}

const byRoleAndStart = (one: SystemProcess, other: SystemProcess): number =>
  one.role === other.role ? one.started - other.started : one.role < other.role ? -1 : 1;

function toSystemQueue(snapshot: QueueSnapshot, pauses: ReadonlyMap<string, Pause>): SystemQueue {
  const { name, queue, schedd, isPaused, jobs, oldestWaitingSeconds } = snapshot;
  return {
    name,
    kind: queue === "starter" || queue === "stopper" ? queue : "background",
    schedd: schedd ?? null,
    // An entry of a queue that is not paused is out of date.
    paused: isPaused && (pauses.get(name) ?? { by: null, since: null }),
    ...jobs,
    oldest_waiting_seconds: oldestWaitingSeconds ?? null,
  };
}
