import { nextEpochSeconds } from "../../domain/clock.js";
import { configuredSchedds } from "../../domain/clusters.js";
import type { TaskforceUuid, WorkflowId } from "../../domain/ids.js";
import type { Deactivation } from "../../domain/workflow.js";
import type { Wms } from "../../lifecycle/context.js";
import { JOB_FIELDS, jobKey, stateKey } from "../../queues/bullLayout.js";
import type { LeaseQueue } from "../../queues/leaseQueue.js";
import { readLastPolls } from "../schedds/readSchedds.js";
import type {
  BackgroundFacts,
  DiagnosedTaskforces,
  DiagnosisFacts,
  JobsAhead,
  LeaseFacts,
  Pause,
  ScheddFacts,
} from "./facts.js";

/** Schedds, those with the longest waits, whose queues are read. */
const MAX_SCHEDDS = 20;
/** Jobs at the head of a queue among which a diagnosed taskforce is searched. */
const MAX_SEARCHED_JOBS = 1000;
/** Leases of which the times are read. */
const MAX_READ_LEASES = 50;

/** Which taskforces are diagnosed. */
export interface DiagnosisScope {
  workflow: WorkflowId;
  deactivated: Deactivation | undefined;
  /** Whether a taskforce is among them. */
  includes: (uuid: TaskforceUuid) => boolean;
}

/** Reads what a diagnosis needs besides the entities. The cost grows with the schedds of the waits, up to a limit. */
export async function readDiagnosisFacts(
  wms: Wms,
  { waits }: DiagnosedTaskforces,
  scope: DiagnosisScope,
): Promise<DiagnosisFacts> {
  const waiting = [...waits.starter, ...waits.stopper].sort((a, b) => a.since - b.since).map(({ schedd }) => schedd);
  const names = [...new Set(waiting)].slice(0, MAX_SCHEDDS);
  const configured = new Set(configuredSchedds(wms.settings.clusters));
  // Read once for all queues.
  const pauses = readPauses(wms, names);
  const [background, polls, allStrays, queues] = await Promise.all([
    readBackgroundFacts(wms, scope.workflow, pauses),
    readLastPolls(wms),
    wms.store.strayClusters.readAll(),
    Promise.all(names.map((schedd) => readScheddQueueFacts(wms, schedd, scope, pauses))),
  ]);
  const schedds = new Map(
    names.map((schedd, index): [string, ScheddFacts] => [
      schedd,
      {
        isConfigured: configured.has(schedd),
        lastPoll: polls.get(schedd),
        ...(queues[index] as Pick<ScheddFacts, "starter" | "stopper">),
      },
    ]),
  );
  const strayClusters = allStrays.filter(
    ({ taskforce_uuid: uuid, workflow_id }) => workflow_id === scope.workflow && scope.includes(uuid as TaskforceUuid),
  );
  return { nowSeconds: nextEpochSeconds(), deactivated: scope.deactivated, strayClusters, background, schedds };
}

/** The paused queues, by name. */
type Pauses = ReturnType<typeof readPauses>;

async function readBackgroundFacts(
  { store, queues }: Wms,
  workflow: WorkflowId,
  pauses: Pauses,
): Promise<BackgroundFacts> {
  const [workerCount, diedAtMs, known] = await Promise.all([
    store.processes.countWorkers(),
    store.redis.zscore(stateKey(queues.activation.queue, "failed"), workflow),
    pauses,
  ]);
  return { workerCount, pauses: known, isActivationDead: diedAtMs !== null };
}

/** Reads the pauses of the queues of activation, deactivation and some schedds. */
async function readPauses({ store, queues }: Wms, schedds: readonly string[]): Promise<ReadonlyMap<string, Pause>> {
  const leased = schedds
    .map((schedd) => queues.forSchedd(schedd))
    .flatMap(({ starter, stopper }) => [starter, stopper]);
  const all = [queues.activation, queues.deactivation, ...leased].map(({ queue }) => queue);
  const [authors, ...arePaused] = await Promise.all([store.pauses.readAll(), ...all.map((queue) => queue.isPaused())]);
  return new Map(
    all.flatMap(({ name }, index): [string, Pause][] =>
      arePaused[index] ? [[name, authors.get(name) ?? { by: null, since: null }]] : [],
    ),
  );
}

async function readScheddQueueFacts(
  wms: Wms,
  schedd: string,
  scope: DiagnosisScope,
  pauses: Pauses,
): Promise<Pick<ScheddFacts, "starter" | "stopper">> {
  const { starter, stopper } = wms.queues.forSchedd(schedd);
  const [starterLeases, stopperLeases, ahead, known] = await Promise.all([
    readLeases(wms, starter, scope),
    readLeases(wms, stopper, scope),
    readJobsAhead(wms, schedd, scope),
    pauses,
  ]);
  return {
    starter: { pause: known.get(starter.queue.name), leases: starterLeases, ahead },
    stopper: { pause: known.get(stopper.queue.name), leases: stopperLeases },
  };
}

async function readLeases(
  { store: { redis } }: Wms,
  { queue, leaseSeconds }: LeaseQueue,
  { includes }: DiagnosisScope,
): Promise<LeaseFacts | undefined> {
  const active = await redis.lrange(stateKey(queue, "active"), -MAX_SEARCHED_JOBS, -1);
  // Leases begin at the left end, so the last one is the oldest.
  const leased = active.filter((id) => includes(id as TaskforceUuid)).reverse();
  const times = await Promise.all(
    leased.slice(0, MAX_READ_LEASES).map((id) => redis.hget(jobKey(queue, id), JOB_FIELDS.leasedAtMs)),
  );
  const starts = times.flatMap((ms) => (ms === null ? [] : [Number(ms) / 1000]));
  if (starts.length === 0) return undefined;
  const oldestSince = Math.min(...starts);
  return { n: leased.length, oldestSince, nextExpiry: oldestSince + leaseSeconds };
}

/** Reads which jobs precede the first diagnosed taskforce in the starter queue; undefined when that is the next one. */
async function readJobsAhead(
  { store, queues }: Wms,
  schedd: string,
  { includes }: DiagnosisScope,
): Promise<JobsAhead | undefined> {
  const { queue } = queues.forSchedd(schedd).starter;
  const head = await store.redis.zrange(stateKey(queue, "prioritized"), 0, String(MAX_SEARCHED_JOBS - 1));
  const found = head.findIndex((id) => includes(id as TaskforceUuid));
  const n = found === -1 ? head.length : found;
  const last = head[n - 1];
  // A job that waits for the end of a backoff is not in a short queue.
  if (last === undefined || (found === -1 && n < MAX_SEARCHED_JOBS)) return undefined;
  const [state, handedOutLastHour] = await Promise.all([
    store.fetchQueueState(last as TaskforceUuid),
    store.handOutCounts.readLastHour(schedd),
  ]);
  return { n, isAtLeast: found === -1, lowestPriority: state?.priority, handedOutLastHour };
}
