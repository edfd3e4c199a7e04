const NUMBER_FORMAT = new Intl.NumberFormat("en-US");
const DATE_TIME_FORMAT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const TIME_FORMAT = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** `12,345` */
export const formatNumber = (n: number): string => NUMBER_FORMAT.format(n);

/** `1 taskforce`, `2 taskforces` */
export const formatCount = (n: number, noun: string): string => `${formatNumber(n)} ${noun}${n === 1 ? "" : "s"}`;

/** When something happened, in epoch seconds: `24 Nov, 17:05` */
export const formatDateTime = (seconds: number): string => DATE_TIME_FORMAT.format(seconds * 1000);

/** The same to the second, without the day. */
export const formatTime = (seconds: number): string => TIME_FORMAT.format(seconds * 1000);

/** The time for machines, as `<time>` wants it. */
export const toIsoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The two largest units of a duration in seconds: `3 min 20 s` */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(s / 86_400), "d"],
    [Math.floor(s / 3600) % 24, "h"],
    [Math.floor(s / 60) % 60, "min"],
    [s % 60, "s"],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first === -1) return "0 s";
  const shown = parts.slice(first, first + 2).filter(([n]) => n > 0);
  return shown.map(([n, unit]) => `${n} ${unit}`).join(" ");
}

/** An image without the folders before it: they are the same for all. */
export const imageName = (image: string): string => image.replace(/\/+$/, "").split("/").at(-1) ?? image;

/** The part of an id that tells it from its siblings. */
export const shortId = (id: string): string => `…${id.slice(-8)}`;
