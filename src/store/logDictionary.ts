/*
 * Nearly every log entry consists of texts of this service. Stored as numbers they take a third of the memory; logs
 * would otherwise be the largest part of it.
 */

/**
 * The number of a text is its index. Stored data holds these numbers: append new texts, and never remove or move one. A
 * reworded text is a new text.
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

/** The number of a text in the dictionary; any other text unchanged. */
export type EncodedText<T extends string = string> = T | number;

const NUMBER_BY_TEXT: ReadonlyMap<string, number> = new Map(LOG_DICTIONARY.map((word, number) => [word, number]));

/** The stored form of a text. */
export const encodeText = <T extends string>(text: T): EncodedText<T> => NUMBER_BY_TEXT.get(text) ?? text;

/** The text of a stored form. @throws RangeError for a number of a later release */
export function decodeText<T extends string>(encoded: EncodedText<T>): T {
  if (typeof encoded === "string") return encoded;
  const text = LOG_DICTIONARY[encoded];
  if (text === undefined) throw new RangeError(`the phase log has word ${encoded}, which this release does not know`);
  return text as T;
}
