import { InvalidArgumentError } from "commander";
import { usageError } from "./exitCodes.js";

/** The kinds of entities, told apart by their ids' first letters. */
export type IdKind = "workflow" | "task directive" | "taskforce";

const ID_PATTERNS: [kind: IdKind, form: RegExp][] = [
  ["workflow", /^WF-[0-9a-f]+-[0-9a-f]{8}$/],
  ["task directive", /^TK-[0-9a-f]+(-[0-9a-f]{8}){2}$/],
  ["taskforce", /^TF-[0-9a-f]+(-[0-9a-f]{8}){3}$/],
];

/** @throws CommandError for what is no id */
export function entityKindOf(id: string): IdKind {
  const [kind] = ID_PATTERNS.find(([, form]) => form.test(id)) ?? [];
  if (kind === undefined)
    throw usageError(`"${id}" is no id: ids begin with WF-, TK- or TF-, and ewms ls lists workflows`);
  return kind;
}

/** Checks an argument that must be the id of a certain kind. */
export const idParser =
  (expectedKind: IdKind) =>
  (id: string): string => {
    const kind = entityKindOf(id);
    if (kind !== expectedKind) throw usageError(`${id} is the id of a ${kind}, a ${expectedKind}'s is wanted`);
    return id;
  };

/** A number of things, 1 at least. */
export function parsePositiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return number;
}

/** A time in seconds, within a day. */
export function parseSeconds(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number <= 86_400))
    throw new InvalidArgumentError("It must be a number of seconds, from 0 to 86400.");
  return number;
}
