import { once } from "node:events";
import { styleText } from "node:util";

/** Whether people look at what goes to stdout, rather than a program. */
export const isTerminal = (): boolean => process.stdout.isTTY === true;

/** The terminal's size; one that does not know it has 80 columns and 24 rows. */
export const terminalSize = (): { columns: number; rows: number } => ({
  columns: process.stdout.columns || 80,
  rows: process.stdout.rows || 24,
});

/** How text is shown on a terminal. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Text in colour, where a person sees it who did not ask for none. */
export const colorize = (style: Style, text: string): string =>
  isTerminal() && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb" ? styleText(style, text) : text;

/** Writes a line, and waits while the reader is slow. */
export async function printLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

/** A word to the person at the terminal, beside the output. */
export const printToStderr = (line: string): void => void process.stderr.write(`${line}\n`);

/** What the service keeps was written by many: escape sequences in it must not reach the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
export const replaceControlCharacters = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "�");

/** Cut to a width, with an ellipsis. */
export const truncateToWidth = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`;

/** `4 min`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** A point in time as people and programs read it, to the second, in UTC. */
export const timeText = (epochSeconds: number): string =>
  new Date(epochSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");

/** `1 worker`, `2 workers`. */
export const countText = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
