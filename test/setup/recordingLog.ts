import { type Logger, pino } from "pino";
import { loggerOptions } from "../../src/app/logging.js";

/** Creates a logger like that of a process, which records its lines. */
export function recordingLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const log = pino(loggerOptions("trace"), { write: (line) => void lines.push(line) });
  return { log, lines };
}
