import { InvalidArgumentError } from "commander";
import { epochMs } from "../domain/clock.js";

const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Epoch seconds of a date, or of a time ago such as `90d`. @throws InvalidArgumentError */
export function parseTime(text: string): number {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return epochMs() / 1000 - Number(count) * (SECONDS_BY_UNIT[unit ?? ""] ?? 0);
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError("expected a date such as 2026-08-31, or a time ago such as 90d");
  return ms / 1000;
}
