const DATE_TIME_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const TIME_FORMAT = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** Local date and time of epoch seconds: `24 Nov, 17:05` */
export const formatDateTime = (seconds: number): string => DATE_TIME_FORMAT.format(seconds * 1000);

/** Local time of epoch seconds: `17:05:09` */
export const formatTime = (seconds: number): string => TIME_FORMAT.format(seconds * 1000);

/** ISO 8601 time of epoch seconds, as `<time>` requires. */
export const toIsoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The last part of an id: the first parts are the same for all siblings. */
export const shortId = (id: string): string => `…${id.slice(-8)}`;

/** A value, or a dash while it is unknown. */
export const orDash = <T>(value: T | null | undefined, format: (value: T) => string): string =>
  value == null ? "–" : format(value);
