import { notFound } from "../../domain/wmsError.js";
import type { LeasedQueue } from "../../domain/wmsEvents.js";
import type { TaskforceUuid } from "../../domain/ids.js";
import { LEASED_PHASE } from "../../domain/phases.js";
import {
  type ScheddQueueContents,
  type ScheddQueueState,
  type ScheddState,
  SHOWN,
} from "../../domain/schedd.js";
import { deadLetters, leasedJobs, nextJobs } from "./queueContents.js";
import { jobCounts, longestWait } from "./queueDepth.js";
import type { LeaseQueue } from "../../queues/leaseQueue.js";
import type { ScheddQueues } from "../../queues/queues.js";
import type { TaskforceCount } from "../../store/counts.js";
import type { Wms } from "../../lifecycle/context.js";
import { lastPolls } from "./recordPolls.js";

/** Every access point that is configured or ever had a taskforce, by name. The work does not depend on how many taskforces there are. */
export async function listSchedds(wms: Wms): Promise<ScheddState[]> {
  await learnSchedds(wms);
  const [polls, counts] = await Promise.all([lastPolls(wms), wms.store.counts.read()]);
  const states = [...wms.queues.schedds()].map(async ([schedd, queues]) => ({
    ...placeOf(schedd, polls, counts),
    ...(await ofBoth(queues, (queue, kind) => stateOf(wms, queue, kind))),
  }));
  return (await Promise.all(states)).sort((a, b) => (a.schedd < b.schedd ? -1 : 1));
}

/** One access point, and what is in its queues. @throws WmsError `not-found` */
export async function readSchedd(
  wms: Wms,
  schedd: string,
): Promise<ScheddState<ScheddQueueState & ScheddQueueContents>> {
  await learnSchedds(wms);
  const queues = wms.queues.find(schedd);
  if (queues === undefined) throw notFound(`no schedd found with name: ${schedd}`);
  const [polls, counts, both] = await Promise.all([
    lastPolls(wms),
    wms.store.counts.read(),
    ofBoth(queues, async (queue, kind) => ({
      ...(await stateOf(wms, queue, kind)),
      ...(await contentsOf(wms, queue)),
    })),
  ]);
  return { ...placeOf(schedd, polls, counts), ...both };
}

/** Another process may have been the first to see one, a moment ago. */
const learnSchedds = async ({ store, queues }: Wms): Promise<void> =>
  queues.learn(await store.knownSchedds());

const placeOf = (schedd: string, polls: ReadonlyMap<string, number>, counts: readonly TaskforceCount[]) => ({
  schedd,
  last_poll: polls.get(schedd) ?? null,
  taskforces_by_phase: Object.fromEntries(
    counts.flatMap((each) => (each.schedd === schedd && each.count > 0 ? [[each.phase, each.count]] : [])),
  ),
});

async function ofBoth<T>(
  queues: ScheddQueues,
  read: (queue: LeaseQueue, kind: LeasedQueue) => Promise<T>,
): Promise<Record<LeasedQueue, T>> {
  const [starter, stopper] = await Promise.all([
    read(queues.starter, "starter"),
    read(queues.stopper, "stopper"),
  ]);
  return { starter, stopper };
}

async function stateOf({ store }: Wms, { queue }: LeaseQueue, kind: LeasedQueue): Promise<ScheddQueueState> {
  const [{ active, ...counts }, oldest_waiting_seconds] = await Promise.all([
    jobCounts(queue),
    longestWait(queue, store.redis, (id) => store.inPhaseSince(id as TaskforceUuid, LEASED_PHASE[kind])),
  ]);
  const { waiting, delayed, dead } = counts;
  return { waiting, leased: active, delayed, dead, oldest_waiting_seconds };
}

async function contentsOf({ store: { redis } }: Wms, { queue }: LeaseQueue): Promise<ScheddQueueContents> {
  const [dead, leased, next] = await Promise.all([
    deadLetters(queue, redis, SHOWN.deadLetters),
    leasedJobs(queue, redis, SHOWN.leases),
    nextJobs(queue, redis, SHOWN.next),
  ]);
  return {
    dead_letters: dead.map(({ id, reason, at }) => ({ taskforce_uuid: id, reason, timestamp: at / 1000 })),
    leases: leased.map(({ id, since }) => ({ taskforce_uuid: id, since: since / 1000 })),
    next,
  };
}
