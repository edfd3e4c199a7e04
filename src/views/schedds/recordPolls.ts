import type { Wms } from "../../lifecycle/context.js";
import type { Queues } from "../../queues/queues.js";

/** Milliseconds in which polls are gathered before they are written. */
const BATCH_WINDOW_MS = 2000;

interface PendingPolls {
  /** Epoch seconds of the last poll of each schedd. */
  polls: Map<string, number>;
  timer: NodeJS.Timeout | undefined;
}

const pendingByQueues = new WeakMap<Queues, PendingPolls>();

/**
 * A TMS asked for work. A poll is the most frequent request of all, so it is remembered here, and told to the store every few
 * seconds. Schedds that are not known leave no trace: a client may make up any number.
 */
export function recordPoll(wms: Wms, schedd: string): void {
  if (wms.queues.findSchedd(schedd) === undefined) return;
  const pending = pendingByQueues.get(wms.queues) ?? { polls: new Map<string, number>(), timer: undefined };
  pendingByQueues.set(wms.queues, pending);
  pending.polls.set(schedd, Date.now() / 1000);
  // Unreferenced: the last seconds of a process are not worth its staying.
  pending.timer ??= setTimeout(() => savePolls(wms, pending), BATCH_WINDOW_MS).unref();
}

function savePolls(wms: Wms, pending: PendingPolls): void {
  pending.timer = undefined;
  wms.store.polls
    .saveLatest(pending.polls)
    .catch((error: unknown) => wms.log.debug({ err: error }, "the last polls could not be stored"));
}

/** When a TMS last asked for each schedd, of any process, in epoch seconds. Those of another process come seconds late. */
export async function readLastPolls(wms: Wms): Promise<Map<string, number>> {
  const polls = await wms.store.polls.readAll();
  for (const [schedd, at] of pendingByQueues.get(wms.queues)?.polls ?? [])
    polls.set(schedd, Math.max(at, polls.get(schedd) ?? 0));
  return polls;
}
