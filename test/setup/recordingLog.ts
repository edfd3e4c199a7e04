import { type Logger, pino } from "pino";

/** Creates a logger that records its lines. */
export function recordingLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
  return { log, lines };
}
