const NUMBER_FORMAT = new Intl.NumberFormat("en-US");

/** `12,345` */
export const formatNumber = (n: number): string => NUMBER_FORMAT.format(n);

/** `1 taskforce`, `2 taskforces` */
export const formatCount = (n: number, noun: string): string => `${formatNumber(n)} ${noun}${n === 1 ? "" : "s"}`;

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

/** A time in the past, in its largest unit: `3 h ago`. @param seconds since then */
export const formatTimeAgo = (seconds: number): string =>
  `${/^\d+ \w+/.exec(formatDuration(seconds))?.[0] ?? "0 s"} ago`;

/** The last part of an image's path: the folders are the same for all images. */
export const imageName = (image: string): string => image.replace(/\/+$/, "").split("/").at(-1) ?? image;

/** `12 ms`, `2.5 s` */
export const formatMilliseconds = (ms: number): string =>
  Math.abs(ms) < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

const BYTE_UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `176.6 MiB` */
export function formatBytes(bytes: number): string {
  const unit = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${BYTE_UNITS[unit]}`;
}
