/*
 * Nearly every entry of a log consists of texts that this service has coined. Stored by their numbers they take a third of the
 * memory, of which logs would otherwise be the largest part.
 */

/**
 * A text's number is its place here, and lies in stored data: new texts are put at the end, and none ever leaves. Where a text is
 * worded anew, the old one stays beside it.
 */
export const LOG_DICTIONARY: readonly string[] = [
  "pre-mq-activation",
  "pre-launch",
  "pending-starter",
  "condor-submit",
  "pending-stopper",
  "condor-rm",
  "condor-complete",
  "USER",
  "TMS",
  "User",
  "Workflow MQ Activator",
  "Taskforce Launch Control",
  "Operator",
  "Created during initial workflow request.",
  "Created when adding more workers for this task directive.",
  "The message queues are active.",
  "Ready to be started.",
  "HTCondor submission succeeded.",
  "Submitted, but the workflow was deactivated meanwhile: to be stopped.",
  "Workflow aborted by user.",
  "Workflow aborted by user. The taskforce was already ending or finished.",
  "Workflow finished by user.",
  "Workflow finished by user. The taskforce was already ending or finished.",
  "HTCondor removal succeeded.",
  "The taskforce has already completed.",
  "HTCondor cluster completed.",
];

/** A text of the vocabulary by its number, any other as it is. */
export type EncodedText<T extends string = string> = T | number;

const NUMBER_BY_TEXT: ReadonlyMap<string, number> = new Map(LOG_DICTIONARY.map((word, number) => [word, number]));

/** How a text is stored. */
export const encodeText = <T extends string>(text: T): EncodedText<T> => NUMBER_BY_TEXT.get(text) ?? text;

/** @throws RangeError for a number that a later release coined */
export function decodeText<T extends string>(encoded: EncodedText<T>): T {
  if (typeof encoded === "string") return encoded;
  const text = LOG_DICTIONARY[encoded];
  if (text === undefined) throw new RangeError(`a phase log has word ${encoded}, which this release does not know`);
  return text as T;
}
