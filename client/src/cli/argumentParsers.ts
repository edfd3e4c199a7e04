import { InvalidArgumentError } from "commander";
import { usageError } from "./exitCodes.js";

/** The kinds of entities, as the prefixes of their ids show them. */
export type IdKind = "workflow" | "task directive" | "taskforce";

/** At least one kind. */
export type IdKinds = [IdKind, ...IdKind[]];

const ID_PATTERNS: [kind: IdKind, form: RegExp][] = [
  ["workflow", /^WF-[0-9a-f]+-[0-9a-f]{8}$/],
  ["task directive", /^TK-[0-9a-f]+(-[0-9a-f]{8}){2}$/],
  ["taskforce", /^TF-[0-9a-f]+(-[0-9a-f]{8}){3}$/],
];

/** Early versions of the existing service issued such ids, which do not show the kind. */
const EARLY_PATTERN = /^[0-9a-f]{32}$/;

/** The kinds of entities that an id may belong to. @throws CommandError for an invalid id */
export function possibleKindsOf(id: string): IdKinds {
  if (EARLY_PATTERN.test(id)) return ["workflow", "task directive", "taskforce"];
  const [kind] = ID_PATTERNS.find(([, form]) => form.test(id)) ?? [];
  if (kind === undefined)
    throw usageError(`"${id}" is not an id: ids begin with WF-, TK- or TF-; ewms ls lists workflows`);
  return [kind];
}

/** Returns a parser of ids of one kind. */
export const idParser =
  (expectedKind: IdKind) =>
  (id: string): string => {
    const kinds = possibleKindsOf(id);
    if (!kinds.includes(expectedKind))
      throw usageError(`${id} is the id of a ${kinds[0]}; expected the id of a ${expectedKind}`);
    return id;
  };

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
