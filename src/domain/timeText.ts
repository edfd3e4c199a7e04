import { epochMs } from "./clock.js";

const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** What {@link epochSecondsOf} accepts, for an error. */
export const TIME_TEXT_RULE = "expected a date such as 2026-08-31, or a time ago such as 90d";

/** Epoch seconds of a date, of a time ago such as `90d`, or of epoch seconds; undefined for any other text. */
export function epochSecondsOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return epochMs() / 1000 - Number(count) * (SECONDS_BY_UNIT[unit ?? ""] ?? 0);
  if (/^\d{5,}(\.\d+)?$/.test(text)) return Number(text);
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
