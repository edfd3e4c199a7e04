import { epochMs } from "../domain/clock.js";
import { addUnknownPoll, isPrintableName } from "../domain/unknownPoll.js";
import type { Wms } from "./context.js";

/**
 * Records that a TMS polled for work. Polls are the most frequent requests, so they are stored in batches. Those for unknown
 * schedds are kept apart, and few of them: a client could invent any number of names.
 */
export function recordPoll(wms: Wms, schedd: string): void {
  const atSeconds = epochMs() / 1000;
  if (wms.queues.findSchedd(schedd) !== undefined) openKnown(wms).set(schedd, atSeconds);
  else if (isPrintableName(schedd)) addUnknownPoll(openUnknown(wms), schedd, atSeconds);
}

/** Counts a taskforce that was handed out to be started. Stored in batches, too. */
export function recordHandOut({ debouncers: { handOuts }, store, log }: Wms, schedd: string): void {
  const counts = handOuts.getOrOpen("all", new Map(), (batch) =>
    store.handOutCounts
      .add(batch)
      .catch((error: unknown) => log.debug({ err: error }, "the numbers of hand-outs were not stored")),
  );
  counts.set(schedd, (counts.get(schedd) ?? 0) + 1);
}

function openKnown({ debouncers: { polls }, store, log }: Wms) {
  return polls.getOrOpen("all", new Map(), (batch) =>
    store.polls
      .saveLatest(batch)
      .catch((error: unknown) => log.debug({ err: error }, "the last polls were not stored")),
  );
}

function openUnknown({ debouncers: { unknownPolls }, store, log }: Wms) {
  return unknownPolls.getOrOpen("all", new Map(), (batch) =>
    store.unknownPolls
      .save(batch.values())
      .catch((error: unknown) => log.debug({ err: error }, "polls for unknown schedds were not stored")),
  );
}
