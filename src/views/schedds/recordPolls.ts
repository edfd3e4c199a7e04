import type { Queues } from "../../queues/queues.js";
import type { Wms } from "../../lifecycle/context.js";

/** Milliseconds in which polls are gathered before they are written. */
const GATHER = 2000;

interface Noted {
  /** Epoch seconds of the last poll of each schedd. */
  polls: Map<string, number>;
  timer: NodeJS.Timeout | undefined;
}

const noted = new WeakMap<Queues, Noted>();

/**
 * A TMS asked for work. A poll is the most frequent request of all, so it is remembered here, and told to the store every few
 * seconds. Schedds that are not known leave no trace: a client may make up any number.
 */
export function notePoll(wms: Wms, schedd: string): void {
  if (wms.queues.find(schedd) === undefined) return;
  const here = noted.get(wms.queues) ?? { polls: new Map<string, number>(), timer: undefined };
  noted.set(wms.queues, here);
  here.polls.set(schedd, Date.now() / 1000);
  // Unreferenced: the last seconds of a process are not worth its staying.
  here.timer ??= setTimeout(() => tellStore(wms, here), GATHER).unref();
}

function tellStore(wms: Wms, here: Noted): void {
  here.timer = undefined;
  wms.store.polls
    .save(here.polls)
    .catch((error: unknown) => wms.log.debug({ err: error }, "the last polls could not be stored"));
}

/** When a TMS last asked for each schedd, of any process, in epoch seconds. Those of another process come seconds late. */
export async function lastPolls(wms: Wms): Promise<Map<string, number>> {
  const polls = await wms.store.polls.read();
  for (const [schedd, at] of noted.get(wms.queues)?.polls ?? [])
    polls.set(schedd, Math.max(at, polls.get(schedd) ?? 0));
  return polls;
}
