/** Steps between ticks of a time axis, in seconds. */
const TIME_STEPS_SECONDS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAY_SECONDS = 86_400;

/** A position on an axis, and its text. */
export interface Tick {
  at: number;
  label: string;
}

const HOUR_FORMAT = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY_FORMAT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const COUNT_FORMAT = new Intl.NumberFormat("en-US", { notation: "compact" });

/**
 * Ticks of a time axis at round local times: `17:05`, and the date at midnight.
 *
 * @param from epoch seconds
 * @param to epoch seconds
 */
export function timeTicks(from: number, to: number, maxTicks: number): Tick[] {
  const seconds = to - from;
  const step =
    TIME_STEPS_SECONDS.find((each) => seconds / each <= maxTicks) ??
    DAY_SECONDS * Math.ceil(seconds / DAY_SECONDS / maxTicks);
  // Ticks are multiples of the step after a local midnight; a change to or from summer time shifts some by an hour.
  const offsetSeconds = 60 * new Date(1000 * from).getTimezoneOffset();
  const first = step * Math.ceil((from - offsetSeconds) / step) + offsetSeconds;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, n) => {
    const at = first + n * step;
    const time = HOUR_FORMAT.format(1000 * at);
    return { at, label: time === "00:00" ? DAY_FORMAT.format(1000 * at) : time };
  });
}

/** Ticks of an axis of counts from 0, of which the last is the end of the axis. @param max the largest value */
export function countTicks(max: number): Tick[] {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, max)));
  const end = [1, 2, 4, 5, 10].map((digit) => digit * magnitude).find((each) => each >= max) ?? max;
  const between = Number.isInteger(end / 2) ? [end / 2] : [];
  return [0, ...between, end].map((at) => ({ at, label: COUNT_FORMAT.format(at) }));
}
