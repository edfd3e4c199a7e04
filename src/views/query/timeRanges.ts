import { MAX_TIME_RANGES } from "./limits.js";

/** A range of creation times in epoch seconds, both ends included. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Ranges in ascending order that do not overlap. */
export type TimeRanges = readonly TimeRange[];

export const ALL_TIMES: TimeRanges = [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];

/** Whether ranges hold all times. */
export const isAllTimes = ([first]: TimeRanges): boolean =>
  first?.from === Number.NEGATIVE_INFINITY && first.to === Number.POSITIVE_INFINITY;

/** The smallest range that holds all ranges; undefined for none. */
export function enclosingRange(ranges: TimeRanges): TimeRange | undefined {
  const [first, last] = [ranges[0], ranges.at(-1)];
  return first && last && { from: first.from, to: last.to };
}

/** The times that are in any of the ranges, which may be in any order and overlap. */
export function uniteRanges(ranges: TimeRanges): TimeRanges {
  const united: { from: number; to: number }[] = [];
  for (const { from, to } of ranges.toSorted((one, other) => one.from - other.from)) {
    const last = united.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else united.push({ from, to });
  }
  return united;
}

/**
 * Ranges that hold the given times. Of more times than {@link MAX_TIME_RANGES}, neighbors share a range: each partition
 * has a range of its own for each of them, which takes memory.
 */
export function rangesOfTimes(times: readonly number[]): TimeRanges {
  const sorted = Float64Array.from(times).sort();
  const perRange = Math.ceil(sorted.length / MAX_TIME_RANGES);
  const ranges: TimeRange[] = [];
  for (let start = 0; start < sorted.length; start += perRange) {
    const last = Math.min(start + perRange, sorted.length) - 1;
    ranges.push({ from: sorted[start] as number, to: sorted[last] as number });
  }
  return uniteRanges(ranges);
}

/** The times that are in both. */
export function intersectRanges(ones: TimeRanges, others: TimeRanges): TimeRanges {
  const common: TimeRange[] = [];
  for (let [at, otherAt] = [0, 0]; at < ones.length && otherAt < others.length; ) {
    const [one, other] = [ones[at] as TimeRange, others[otherAt] as TimeRange];
    const range = { from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) };
    if (range.from <= range.to) common.push(range);
    if (one.to < other.to) at++;
    else otherAt++;
  }
  return common;
}

/** A time as Redis reads it. */
export const formatScore = (seconds: number): string => String(seconds).replace("Infinity", "inf");
