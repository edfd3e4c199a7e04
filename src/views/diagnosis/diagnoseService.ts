import { nextEpochSeconds } from "../../domain/clock.js";
import { configuredSchedds } from "../../domain/clusters.js";
import { type Diagnosis, type FoundFact, toDiagnosis } from "../../domain/diagnosis.js";
import type { ScheddQueueState, ScheddState } from "../../domain/schedd.js";
import type { LeasedQueueName } from "../../domain/wmsEvents.js";
import type { Wms } from "../../lifecycle/context.js";
import { listSchedds, readSchedd } from "../schedds/readSchedds.js";
import type { Pause } from "./facts.js";
import { readBackgroundPauses, readLeasedQueuePauses, readWorkerCount } from "./readFacts.js";
import {
  describeDeadLetters,
  describePause,
  describeRemovedSchedd,
  describeSilence,
  isSilent,
  pauseName,
} from "./scheddFindings.js";
import { findMissingWorkers, findPausedBackground } from "./taskforceFindings.js";
import { areWord, countTaskforces, countThings, formatDuration } from "./wording.js";

/** Diagnoses the service and all schedds. The cost grows with the number of schedds. */
export const diagnoseService = async (wms: Wms): Promise<Diagnosis> =>
  toDiagnosis(await findInService(wms, await listSchedds(wms)));

/** Finds what hinders the service and its schedds. @param schedds all of them */
export async function findInService(wms: Wms, schedds: readonly ScheddState[]): Promise<FoundFact[]> {
  const [workerCount, pauses] = await Promise.all([readWorkerCount(wms), readBackgroundPauses(wms)]);
  const nowSeconds = nextEpochSeconds();
  const ofSchedds = await Promise.all(schedds.map((state) => findInSchedd(wms, state, nowSeconds)));
  return [
    ...(workerCount === 0 ? [findMissingWorkers("queues are not activated and taskforces not launched")] : []),
    ...[...pauses].map(([queue, pause]) => findPausedBackground(queue, pause, nowSeconds)),
    ...ofSchedds.flat(),
  ];
}

/** Diagnoses one schedd. @throws WmsError `not-found` */
export async function diagnoseSchedd(wms: Wms, schedd: string): Promise<Diagnosis> {
  return toDiagnosis(await findInSchedd(wms, await readSchedd(wms, schedd), nextEpochSeconds()));
}

/** Finds what hinders the work of a schedd. */
async function findInSchedd(wms: Wms, state: ScheddState, nowSeconds: number): Promise<FoundFact[]> {
  const { schedd, last_poll, starter, stopper } = state;
  const pauses = await readLeasedQueuePauses(wms, schedd);
  const found = (code: FoundFact["code"], sentence: string, since: number | null): FoundFact => ({
    code,
    sentence,
    since,
    subject: { kind: "schedd", id: schedd },
  });
  const lastPoll = last_poll ?? undefined;
  const isConfigured = configuredSchedds(wms.settings.clusters).includes(schedd);
  const all: FoundFact[] = [];
  for (const kind of ["starter", "stopper"] as const) {
    const pause = pauses[kind];
    if (pause !== undefined)
      all.push(found("queue-paused", describePausedQueue(state, kind, pause, nowSeconds), pause.since));
  }
  const jobs = countJobs(starter) + countJobs(stopper);
  const waiting = starter.waiting + stopper.waiting;
  const since = nowSeconds - Math.max(starter.oldest_waiting_seconds, stopper.oldest_waiting_seconds);
  if (!isConfigured && jobs > 0)
    all.push(
      found(
        "schedd-removed",
        `${describeJobs(state)} ${areWord(jobs)} waiting for schedd ${schedd}; ${describeRemovedSchedd(schedd, lastPoll, nowSeconds)}`,
        since,
      ),
    );
  else if (waiting > 0 && isSilent(lastPoll, nowSeconds))
    all.push(
      found(
        "schedd-silent",
        `${describeJobs(state)} ${areWord(jobs)} waiting for schedd ${schedd}, longest ${formatDuration(nowSeconds - since)}; ${describeSilence(lastPoll, nowSeconds)}`,
        since,
      ),
    );
  if (starter.dead > 0) all.push(found("dead-letters", describeDeadLetters({ n: starter.dead, schedd }), null));
  return all;
}

const countJobs = ({ waiting, leased, delayed }: ScheddQueueState): number => waiting + leased + delayed;

/** `2 taskforces and 1 HTCondor cluster` */
function describeJobs({ starter, stopper }: ScheddState): string {
  const [toStart, toStop] = [countJobs(starter), countJobs(stopper)];
  const parts = [
    ...(toStart === 0 ? [] : [countTaskforces(toStart)]),
    ...(toStop === 0 ? [] : [countThings(toStop, "HTCondor cluster")]),
  ];
  return parts.join(" and ");
}

function describePausedQueue(state: ScheddState, kind: LeasedQueueName, pause: Pause, nowSeconds: number): string {
  const n = countJobs(state[kind]);
  const waiting = n === 0 ? "" : `; ${countTaskforces(n)} ${areWord(n)} waiting in it`;
  return `${describePause(pauseName(kind, state.schedd), pause, nowSeconds)}${waiting}`;
}
