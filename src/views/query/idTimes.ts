import { type EntityKind, ID_FIELD } from "../../store/keys.js";
import { ID_CHECKS } from "./cursor.js";
import { ALL_TIMES, type TimeRange, type TimeRanges } from "./timeRanges.js";

/** The prefix of the ids in a field. The creation time of the workflow in hexadecimal epoch seconds follows, unless it is early. */
const ID_PREFIX_BY_FIELD: ReadonlyMap<string, string> = new Map([
  ["workflow_id", "WF-"],
  ["task_id", "TK-"],
  ["taskforce_uuid", "TF-"],
]);

/**
 * Seconds by which creation times may differ from the times in ids: the parts of a workflow are created after it, and the
 * processes that add taskforces later may have slower clocks.
 */
const CLOCK_TOLERANCE_SECONDS = 3600;

/** Digits of the time until the year 2106. With the same number of digits, texts are in the order of the times. */
const TIME_DIGITS = 8;

/**
 * The creation times of the entities that match a condition on an id: ids begin with the time at which their workflow was
 * created.
 *
 * @param operators validated
 */
export function idTimeRanges(kind: EntityKind, field: string, operators: Record<string, unknown>): TimeRanges {
  const prefix = ID_PREFIX_BY_FIELD.get(field);
  if (prefix === undefined) return ALL_TIMES;
  let { from, to }: { from: number; to: number } = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const raise = (seconds: number | undefined) => {
    if (seconds !== undefined) from = Math.max(from, seconds);
  };
  const lower = (seconds: number | undefined) => {
    // A taskforce may be added long after its workflow was created.
    if (seconds !== undefined && kind !== "taskforce") to = Math.min(to, seconds);
  };
  for (const [name, operand] of Object.entries(operators)) {
    if (typeof operand !== "string") continue;
    if (name === "$gt" || name === "$gte") raise(secondsOf(prefix, operand)?.from);
    if (name === "$lt" || name === "$lte") lower(secondsOf(prefix, operand)?.to);
    const start = name === "$regex" && !operators["$options"] ? literalStart(operand) : undefined;
    if (start !== undefined) {
      raise(secondsOf(prefix, start)?.from);
      lower(secondsOf(prefix, start)?.to);
    }
  }
  return [{ from, to }];
}

/** The earliest creation time of the entities of one id in epoch seconds. @param id well-formed */
export function earliestTimeOf(id: string): number {
  const [, time = ""] = id.split("-", 2);
  return hasTime(time) ? Number.parseInt(time, 16) - CLOCK_TOLERANCE_SECONDS : Number.NEGATIVE_INFINITY;
}

/** Whether the first part of an id is a time: that of a stored early id begins with a zero, and is none. */
const hasTime = (part: string): boolean => !part.startsWith("0");

/** The checks of the fields that hold ids. */
export const ID_CHECK_BY_FIELD: ReadonlyMap<string, (text: string) => boolean> = new Map(
  (["workflow", "task", "taskforce"] as const).map((kind) => [ID_FIELD[kind], ID_CHECKS[kind]]),
);

/**
 * The times of the ids that begin with a text, as far as its digits reach.
 *
 * @returns undefined for a text without a digit of the time
 */
function secondsOf(prefix: string, text: string): TimeRange | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const [digits = ""] = /^[0-9a-f]{0,8}/.exec(text.slice(prefix.length)) ?? [];
  if (digits === "" || !hasTime(digits)) return undefined;
  const bound = (fill: string) => Number.parseInt(digits.padEnd(TIME_DIGITS, fill), 16);
  return { from: bound("0") - CLOCK_TOLERANCE_SECONDS, to: bound("f") + CLOCK_TOLERANCE_SECONDS };
}

/** The text with which all matches of a pattern begin; undefined for none. */
function literalStart(pattern: string): string | undefined {
  if (pattern.includes("|")) return undefined;
  const [, literal, next = ""] = /^\^([\w-]*)([\s\S]?)/.exec(pattern) ?? [];
  // A quantifier applies to the last character.
  return /[*?{]/.test(next) ? literal?.slice(0, -1) : literal;
}

/** The field of a kind's own ids. */
export const isOwnIdField = (kind: EntityKind, field: string): boolean => field === ID_FIELD[kind];
