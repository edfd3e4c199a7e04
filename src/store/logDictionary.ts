/*
 * Nearly every entry of a log consists of texts that this service has coined. Stored by their numbers they take a third of the
 * memory, of which logs would otherwise be the largest part.
 */

/**
 * A text's number is its place here, and lies in stored data: new texts are put at the end, and none ever leaves. Where a text is
 * worded anew, the old one stays beside it.
 */
export const WORDS: readonly string[] = [
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
export type StoredText<T extends string = string> = T | number;

const NUMBERS: ReadonlyMap<string, number> = new Map(WORDS.map((word, number) => [word, number]));

/** How a text is stored. */
export const toStored = <T extends string>(text: T): StoredText<T> => NUMBERS.get(text) ?? text;

/** @throws RangeError for a number that a later release coined */
export function fromStored<T extends string>(stored: StoredText<T>): T {
  if (typeof stored === "string") return stored;
  const word = WORDS[stored];
  if (word === undefined)
    throw new RangeError(`a phase log has word ${stored}, which this release does not know`);
  return word as T;
}
