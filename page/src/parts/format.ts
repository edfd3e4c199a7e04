import { showsUtc } from "../live/timeZone.ts";

/** Formats of one kind, for the zone of the browser and for UTC. */
const formatsOf = (options: Intl.DateTimeFormatOptions) => {
  const [local, utc] = [{}, { timeZone: "UTC" }].map(
    (zone) => new Intl.DateTimeFormat("en-GB", { ...options, ...zone }),
  );
  return (seconds: number): string => ((showsUtc.value ? utc : local) as Intl.DateTimeFormat).format(seconds * 1000);
};

const DAY_AND_TIME = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
const formatWithoutYear = formatsOf(DAY_AND_TIME);
const formatWithYear = formatsOf({ ...DAY_AND_TIME, year: "numeric" });
const formatYear = formatsOf({ year: "numeric" });

/** Date and time of epoch seconds, with the year if it is another one: `24 Nov, 17:05` */
export const formatDateTime = (seconds: number): string =>
  formatYear(seconds) === formatYear(Date.now() / 1000) ? formatWithoutYear(seconds) : formatWithYear(seconds);

/** Date and time of epoch seconds to the second, with the zone: `24 Nov 2026, 17:05:09 CET` */
export const formatExactTime = formatsOf({
  ...DAY_AND_TIME,
  year: "numeric",
  second: "2-digit",
  timeZoneName: "short",
});

/** Time of epoch seconds: `17:05:09` */
export const formatTime = formatsOf({ timeStyle: "medium" });

/** ISO 8601 time of epoch seconds, as `<time>` requires. */
export const toIsoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The last part of an id: the first parts are the same for all siblings. */
export const shortId = (id: string): string => `…${id.slice(-8)}`;

/** A value, or a dash while it is unknown. */
export const orDash = <T>(value: T | null | undefined, format: (value: T) => string): string =>
  value == null ? "–" : format(value);
