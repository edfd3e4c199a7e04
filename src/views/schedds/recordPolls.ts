import type { Wms } from "../../lifecycle/context.js";

/**
 * Records that a TMS polled for work. Polls are the most frequent requests, so they are stored in batches. Unknown schedds
 * are ignored: a client could invent any number of names.
 */
export function recordPoll({ queues, store, debouncers, log }: Wms, schedd: string): void {
  if (queues.findSchedd(schedd) === undefined) return;
  if (debouncers.polls.get("all") === undefined)
    debouncers.polls.open("all", new Map(), (polls) =>
      store.polls
        .saveLatest(polls)
        .catch((error: unknown) => log.debug({ err: error }, "the last polls were not stored")),
    );
  debouncers.polls.get("all")?.set(schedd, Date.now() / 1000);
}

/** The last poll of each schedd by a TMS, in epoch seconds. Polls at other processes appear within seconds. */
export async function readLastPolls({ store, debouncers }: Wms): Promise<Map<string, number>> {
  const polls = await store.polls.readAll();
  for (const [schedd, at] of debouncers.polls.get("all") ?? []) polls.set(schedd, Math.max(at, polls.get(schedd) ?? 0));
  return polls;
}
