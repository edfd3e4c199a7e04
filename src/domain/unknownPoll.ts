import { z } from "zod";
import { epochSeconds } from "./schemaParts.js";

/** Schedds that are not known and whose polls are kept: a client could invent any number of names. */
export const MAX_UNKNOWN_SCHEDDS = 100;
/** Seconds after its last poll when such a schedd is forgotten. */
export const UNKNOWN_POLL_SECONDS = 86_400;

/** Polls for a schedd that is not known. */
export const unknownPollSchema = z
  .strictObject({
    schedd: z.string(),
    first_poll: epochSeconds.meta({ description: "The first poll since the schedd was forgotten last." }),
    last_poll: epochSeconds.meta({ description: "The last poll, to a few seconds." }),
  })
  .meta({
    id: "UnknownPoll",
    description: "Polls for a schedd that is not configured and never had a taskforce: its name may be misspelled.",
  });

/** @see unknownPollSchema */
export type UnknownPoll = z.infer<typeof unknownPollSchema>;

const MAX_NAME_CHARS = 255;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** Whether a text may be shown as the name of a schedd. */
export const isPrintableName = (text: string): boolean => text.length <= MAX_NAME_CHARS && PRINTABLE.test(text);

/** Adds a poll to a batch. Of too many schedds, those polled last remain: a Map keeps the order of insertion. */
export function addUnknownPoll(batch: Map<string, UnknownPoll>, schedd: string, atSeconds: number): void {
  const first_poll = batch.get(schedd)?.first_poll ?? atSeconds;
  batch.delete(schedd);
  batch.set(schedd, { schedd, first_poll, last_poll: atSeconds });
  if (batch.size <= MAX_UNKNOWN_SCHEDDS) return;
  for (const oldest of batch.keys()) {
    batch.delete(oldest);
    break;
  }
}
