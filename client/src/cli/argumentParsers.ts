import { InvalidArgumentError } from "commander";
import { usageError } from "./exitCodes.js";

/** The kinds of entities, as the prefixes of their ids show them. */
export type IdKind = "workflow" | "task directive" | "taskforce";

/** At least one kind. */
export type IdKinds = [IdKind, ...IdKind[]];

/** Each kind with the form of its ids, and of the beginning of an id. */
const ID_FORMS: [kind: IdKind, complete: RegExp, beginning: RegExp][] = [
  ["workflow", /^WF-[0-9a-f]+-[0-9a-f]{8}$/, /^WF-[0-9a-f-]*$/],
  ["task directive", /^TK-[0-9a-f]+(-[0-9a-f]{8}){2}$/, /^TK-[0-9a-f-]*$/],
  ["taskforce", /^TF-[0-9a-f]+(-[0-9a-f]{8}){3}$/, /^TF-[0-9a-f-]*$/],
];

/** Early versions of the existing service issued such ids, which do not show the kind. */
const EARLY_PATTERN = /^[0-9a-f]{32}$/;

/** Stands for the last id. */
export const LAST_ID = "-";

/** Whether a text is a whole id, not the beginning of one. */
export const isCompleteId = (text: string): boolean =>
  EARLY_PATTERN.test(text) || ID_FORMS.some(([, complete]) => complete.test(text));

/** The kinds of entities that an id, or the beginning of one, may belong to. @throws CommandError for any other text */
export function possibleKindsOf(id: string): IdKinds {
  if (EARLY_PATTERN.test(id)) return ["workflow", "task directive", "taskforce"];
  const [kind] = ID_FORMS.find(([, , beginning]) => beginning.test(id)) ?? [];
  if (kind === undefined)
    throw usageError(`"${id}" is not an id: ids begin with WF-, TK- or TF-; ewms ls lists workflows`);
  return [kind];
}

/** Returns a parser of ids of some kinds, of beginnings of ids, and of {@link LAST_ID}. */
export const idParser =
  (...expected: IdKinds) =>
  (id: string): string => {
    if (id !== LAST_ID) checkKind(id, expected);
    return id;
  };

/** @throws CommandError for the id of another kind, or no id */
export function checkKind(id: string, expected: readonly IdKind[]): void {
  const kinds = possibleKindsOf(id);
  if (!kinds.some((kind) => expected.includes(kind)))
    throw usageError(`${id} is the id of a ${kinds[0]}; expected the id of a ${expected.join(" or ")}`);
}

/** Parses a number of things. @throws InvalidArgumentError below 1 */
export function parsePositiveInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError("Expected an integer of at least 1.");
  return number;
}

/** Parses a time in seconds. @throws InvalidArgumentError above one day */
export function parseSeconds(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number <= 86_400))
    throw new InvalidArgumentError("Expected a number of seconds from 0 to 86400.");
  return number;
}
