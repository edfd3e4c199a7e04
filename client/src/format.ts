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

/** The last part of an image's path: the folders are the same for all images. */
export const imageName = (image: string): string => image.replace(/\/+$/, "").split("/").at(-1) ?? image;
