import { type Logger, pino } from "pino";
import { PinoPretty } from "pino-pretty";

const STDERR = 2;

/**
 * The log of a process. It goes to stderr: stdout is for what `npm start` tells the person who typed it.
 *
 * @param level pino's name of the least important level that is written
 * @param pretty lines for people; else one JSON object a line, for machines
 */
export function createLogger(level: string, pretty: boolean): Logger {
  // Both write synchronously, so that the last lines of a process that dies are there.
  return pretty
    ? pino({ level }, PinoPretty({ destination: STDERR, sync: true, ignore: "pid,hostname" }))
    : pino({ level }, pino.destination({ dest: STDERR, sync: true }));
}
