import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from "pino";

const STDERR_FD = 2;
/** Limit of unwritten log lines. Beyond, lines are dropped: a slow reader of the log must not stop the service. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;

/** Names of fields with secrets in headers, queue profiles, settings and messages of OAuth2 and OpenID Connect. */
const SECRET_FIELDS = [
  "authorization",
  "Authorization",
  "cookie",
  "Cookie",
  "set-cookie",
  "auth_token",
  "authToken",
  "access_token",
  "refresh_token",
  "id_token",
  "client_secret",
  "clientSecret",
];

/**
 * Fields of a log line that may hold objects of other libraries. They are listed, because a wildcard as the first step costs
 * 50 µs for each line.
 */
const CONTAINER_FIELDS = ["req", "res", "headers", "body", "options", "config", "profile", "profiles"];

/** Paths of secrets: at the top of a line, and up to three levels below a container. */
const SECRET_PATHS = ["", ...CONTAINER_FIELDS.flatMap((name) => [name, `${name}.*`, `${name}.*.*`])].flatMap((parent) =>
  SECRET_FIELDS.map((name) => `${parent}["${name}"]`),
);

/**
 * Returns pino's options. They redact secrets in objects of other libraries and reduce errors by {@link serializeError}.
 *
 * @param level pino's name of the lowest level that is written
 */
export const loggerOptions = (level: string): LoggerOptions => ({
  level,
  serializers: { err: serializeError },
  redact: { paths: SECRET_PATHS, censor: "[redacted]" },
});

/**
 * Creates the log of a process. It goes to stderr, because stdout is for the banner.
 *
 * @param pretty readable lines instead of one JSON object a line
 * @param mask replaces the secrets in a line
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
 * Asynchronous, because a synchronous write would block the service while the reader is slow. The rest is written when the
 * process exits; only `kill -9` may lose lines.
 */
const createJsonStream = (): DestinationStream =>
  pino.destination({ dest: STDERR_FD, sync: false, maxLength: MAX_BACKLOG_BYTES });

/** An error in the log. */
interface SerializedError {
  type: string;
  message: string;
  stack: string;
  code?: unknown;
  aggregateErrors?: SerializedError[];
}

/**
 * Reduces an error and its causes for the log. Other properties are dropped, because they may hold secrets: errors of ioredis
 * carry the arguments of the command, for example records and tokens.
 */
function serializeError(error: unknown): unknown {
  return error instanceof Error ? toSerializedError(stdSerializers.err(error)) : typeof error;
}

const toSerializedError = ({ type, message, stack, code, aggregateErrors }: SerializedError): SerializedError => ({
  type,
  message,
  stack,
  ...(code !== undefined && { code }),
  ...(aggregateErrors !== undefined && { aggregateErrors: aggregateErrors.map(toSerializedError) }),
});
