import { type Logger, pino } from "pino";

/** A logger whose lines a test can read. */
export function recordingLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
  return { log, lines };
}
