import { hideSecrets } from "../../domain/hideSecrets.js";
import {
  MAX_SHOWN_ENTRIES,
  type ScheddContents,
  type ScheddQueueContents,
  type ScheddQueueState,
  type ScheddState,
} from "../../domain/schedd.js";
import { MAX_UNKNOWN_SCHEDDS, type UnknownPoll } from "../../domain/unknownPoll.js";
import { notFound } from "../../domain/wmsError.js";
import type { LeasedQueueName } from "../../domain/wmsEvents.js";
import type { Wms } from "../../lifecycle/context.js";
import type { LeaseQueue } from "../../queues/leaseQueue.js";
import type { ScheddQueues } from "../../queues/queues.js";
import type { TaskforceCount } from "../../store/counts.js";
import { listStrayClusters } from "./listStrayClusters.js";
import { readOldestWaitingSeconds } from "./queueSnapshots.js";
import { countJobs, listDeadLetters, listLeasedJobs, listNextJobs } from "./queueState.js";

/** Lists every schedd that is configured or ever had a taskforce, by name. The cost does not grow with the taskforces. */
export async function listSchedds(wms: Wms): Promise<ScheddState[]> {
  await refreshKnownSchedds(wms);
  const [polls, counts] = await Promise.all([readLastPolls(wms), wms.store.counts.readAll()]);
  const states = [...wms.queues.schedds()].map(async ([schedd, queues]) => ({
    ...scheddOverview(schedd, polls, counts),
    ...(await readBothQueues(queues, (queue, kind) => readQueueState(wms, queue, kind))),
  }));
  return (await Promise.all(states)).sort((a, b) => (a.schedd < b.schedd ? -1 : 1));
}

/**
 * Lists polls for schedds that are not known, the newest first. Polls at other processes appear within seconds. Call it
 * after {@link listSchedds}, which learns of new schedds.
 */
export async function listUnknownPolls({ store, queues, debouncers }: Wms): Promise<UnknownPoll[]> {
  // Taken before the read, as in readLastPolls.
  const unsaved = [...(debouncers.unknownPolls.get("all")?.values() ?? [])];
  const bySchedd = new Map<string, UnknownPoll>();
  for (const poll of [...(await store.unknownPolls.readAll()), ...unsaved]) {
    const { first_poll, last_poll } = bySchedd.get(poll.schedd) ?? poll;
    bySchedd.set(poll.schedd, {
      schedd: poll.schedd,
      first_poll: Math.min(first_poll, poll.first_poll),
      last_poll: Math.max(last_poll, poll.last_poll),
    });
  }
  return [...bySchedd.values()]
    .filter(({ schedd }) => queues.findSchedd(schedd) === undefined)
    .sort((a, b) => b.last_poll - a.last_poll)
    .slice(0, MAX_UNKNOWN_SCHEDDS);
}

/** Reads one schedd and the contents of its queues. @throws WmsError `not-found` */
export async function readSchedd(wms: Wms, schedd: string): Promise<ScheddContents> {
  await refreshKnownSchedds(wms);
  const queues = wms.queues.findSchedd(schedd);
  if (queues === undefined) throw notFound(`no schedd found with name: ${schedd}`);
  const [polls, counts, both, stray_clusters] = await Promise.all([
    readLastPolls(wms),
    wms.store.counts.readAll(),
    readBothQueues(queues, async (queue, kind) => ({
      ...(await readQueueState(wms, queue, kind)),
      ...(await readQueueContents(wms, queue)),
    })),
    listStrayClusters(wms, { schedd, limit: MAX_SHOWN_ENTRIES.strayClusters }),
  ]);
  return { ...scheddOverview(schedd, polls, counts), ...both, stray_clusters };
}

/** Adds the schedds that other processes have seen first. */
export const refreshKnownSchedds = async ({ store, queues }: Wms): Promise<void> =>
  queues.ensureSchedds(await store.knownSchedds());

const scheddOverview = (schedd: string, polls: ReadonlyMap<string, number>, counts: readonly TaskforceCount[]) => ({
  schedd,
  last_poll: polls.get(schedd) ?? null,
  taskforces_by_phase: Object.fromEntries(
    counts.flatMap((each) => (each.schedd === schedd && each.count > 0 ? [[each.phase, each.count]] : [])),
  ),
});

async function readBothQueues<T>(
  queues: ScheddQueues,
  read: (queue: LeaseQueue, kind: LeasedQueueName) => Promise<T>,
): Promise<Record<LeasedQueueName, T>> {
  const [starter, stopper] = await Promise.all([read(queues.starter, "starter"), read(queues.stopper, "stopper")]);
  return { starter, stopper };
}

async function readQueueState({ store }: Wms, { queue }: LeaseQueue, kind: LeasedQueueName): Promise<ScheddQueueState> {
  const [{ waiting, active: leased, delayed, dead }, oldest_waiting_seconds] = await Promise.all([
    countJobs(queue),
    readOldestWaitingSeconds(store, queue, kind),
  ]);
  return { waiting, leased, delayed, dead, oldest_waiting_seconds };
}

async function readQueueContents({ store: { redis } }: Wms, { queue }: LeaseQueue): Promise<ScheddQueueContents> {
  const [dead_letters, leases, next] = await Promise.all([
    listDeadLetters(queue, redis, MAX_SHOWN_ENTRIES.deadLetters),
    listLeasedJobs(queue, redis, MAX_SHOWN_ENTRIES.leases),
    listNextJobs(queue, redis, MAX_SHOWN_ENTRIES.next),
  ]);
  // Error texts of a TMS may hold secrets, and every user may read them here.
  return { dead_letters: hideSecrets(dead_letters), leases, next };
}

/** The last poll of each schedd by a TMS, in epoch seconds. Polls at other processes appear within seconds. */
export async function readLastPolls({ store, debouncers }: Wms): Promise<Map<string, number>> {
  // Taken before the read: the batch may be saved meanwhile, and the read may have missed it.
  const unsaved = debouncers.polls.get("all") ?? new Map<string, number>();
  const polls = await store.polls.readAll();
  for (const [schedd, at] of unsaved) polls.set(schedd, Math.max(at, polls.get(schedd) ?? 0));
  return polls;
}
