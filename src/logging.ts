import { type Logger, pino } from "pino";
import { PinoPretty } from "pino-pretty";
import { shownError } from "./shownError.js";

const STDERR = 2;

/**
 * The log of a process. It goes to stderr: stdout is for what `npm start` tells the person who typed it.
 *
 * @param level pino's name of the least important level that is written
 * @param pretty lines for people; else one JSON object a line, for machines
 * @param mask takes the secrets out of a line
 */
export function createLogger(level: string, pretty: boolean, mask: (line: string) => string): Logger {
  const options = { level, serializers: { err: shownError }, hooks: { streamWrite: mask } };
  // Both write synchronously, so that the last lines of a process that dies are there.
  return pretty
    ? pino(options, PinoPretty({ destination: STDERR, sync: true, ignore: "pid,hostname" }))
    : pino(options, pino.destination({ dest: STDERR, sync: true }));
}
