import { type DestinationStream, type Logger, type LoggerOptions, pino } from "pino";
import { serializeError } from "./serializeError.js";

const STDERR_FD = 2;
/** Bytes of lines that wait for a reader that is slow or hangs; later ones are dropped, for the service must go on. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;

/** Names under which secrets travel: in headers, in queue profiles, in settings, in what OAuth2 and OpenID Connect exchange. */
const SECRET_FIELDS = [
  "authorization",
  "Authorization",
  "cookie",
  "Cookie",
  '["set-cookie"]',
  "auth_token",
  "authToken",
  "access_token",
  "refresh_token",
  "id_token",
  "client_secret",
  "clientSecret",
];

/**
 * Fields of a line that may hold what other people's code made. Named one by one, because a wildcard as the first step
 * costs every line of the log 50 µs, and these nothing.
 */
const CONTAINER_FIELDS = ["req", "res", "headers", "body", "options", "config", "profile", "profiles"];

const joinFieldPath = (parent: string, name: string): string =>
  name.startsWith("[") ? `${parent}${name}` : `${parent}.${name}`;

/** Where a secret may stand: at the top of a line, and up to three levels below a holder. */
const SECRET_PATHS = SECRET_FIELDS.flatMap((name) => [
  name,
  ...CONTAINER_FIELDS.flatMap((holder) =>
    [holder, `${holder}.*`, `${holder}.*.*`].map((above) => joinFieldPath(above, name)),
  ),
]);

/**
 * How every line of the log is made. Nothing logs a secret on purpose. Of errors only {@link serializeError} is told; in what
 * else other people's code made, fields that are known to hold secrets are blanked out.
 *
 * @param level pino's name of the least important level that is written
 */
export const loggerOptions = (level: string): LoggerOptions => ({
  level,
  serializers: { err: serializeError },
  redact: { paths: SECRET_PATHS, censor: "[redacted]" },
});

/**
 * The log of a process. It goes to stderr: stdout is for what `npm start` tells the person who typed it.
 *
 * @param pretty lines for people; else one JSON object a line, for machines
 * @param mask takes the secrets out of a line
 */
export const createLogger = async (level: string, pretty: boolean, mask: (line: string) => string): Promise<Logger> =>
  pino(
    { ...loggerOptions(level), hooks: { streamWrite: mask } },
    pretty ? await createPrettyStream() : createJsonStream(),
  );

async function createPrettyStream(): Promise<DestinationStream> {
  const { PinoPretty } = await import("pino-pretty");
  return PinoPretty({ destination: STDERR_FD, sync: true, ignore: "pid,hostname" });
}

/**
 * Written beside the event loop: a synchronous write stands still when the reader does, and the service with it. What is
 * not written yet when the process ends is written then; only `kill -9` may lose the lines of its last moment.
 */
const createJsonStream = (): DestinationStream =>
  pino.destination({ dest: STDERR_FD, sync: false, maxLength: MAX_BACKLOG_BYTES });
