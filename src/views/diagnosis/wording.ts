import { truncateText } from "../../domain/truncateText.js";

/** Maximum characters of an error in a sentence. */
const MAX_ERROR_CHARACTERS = 200;

/** `1 taskforce` */
export const countTaskforces = (n: number): string => countThings(n, "taskforce");

/** `2 of 6 taskforces`; `6 taskforces` for all */
export const countTaskforcesOf = (n: number, total: number): string =>
  n < total ? `${n} of ${countTaskforces(total)}` : countTaskforces(n);

/** `2 clusters` */
export const countThings = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? "" : "s"}`;

/** `is` or `are` */
export const areWord = (n: number): string => (n === 1 ? "is" : "are");
/** `was` or `were` */
export const wereWord = (n: number): string => (n === 1 ? "was" : "were");

/** Formats a duration: `4 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

/** Formats a time: `14:02 UTC`, with the date if it is another day. @param seconds epoch seconds */
export function formatTime(seconds: number, nowSeconds: number): string {
  const [date = "", time = ""] = new Date(seconds * 1000).toISOString().split("T");
  const today = new Date(nowSeconds * 1000).toISOString().slice(0, 10);
  return `${date === today ? "" : `${date} `}${time.slice(0, 5)} UTC`;
}

/** Shortens an error for the middle of a sentence. */
export const formatError = (error: string): string =>
  truncateText(
    error
      .replace(/^ERROR: /, "")
      .replace(/\s+/g, " ")
      .trim()
      .replace(/\.$/, ""),
    MAX_ERROR_CHARACTERS,
  );
