/** Names of errors of ioredis and BullMQ that mean: not connected. */
const OUTAGE_ERROR_NAMES = new Set([
  "MaxRetriesPerRequestError",
  "ClusterAllFailedError",
  "AbortError",
  "InterruptError",
]);

/** Codes of failed system calls on a connection to Redis. Those of calls to the MQS are wrapped in a `WmsError`. */
const OUTAGE_ERROR_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Messages of ioredis's plain `Error`s, which have no code. */
const OUTAGE_MESSAGES =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Cluster isn't ready|Too many Cluster redirections|None of startup nodes|Node is disconnected|Socket timeout|connect ETIMEDOUT)/;

/** Error replies of a Redis that cannot serve now. Before Redis 7, the error of a script contains them. */
const REFUSAL_REPLY = /(?:^|-)(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS|OOM)\b/;

/** The code of an error reply such as `READONLY`, if Redis cannot serve now; `undefined` for other errors. */
export const redisRefusalCode = (error: unknown): string | undefined =>
  error instanceof Error && error.name === "ReplyError" ? REFUSAL_REPLY.exec(error.message)?.[1] : undefined;

/** Whether an error means that Redis is unreachable or cannot serve now, and not that the service has a bug. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, previousErrors } = error as { code?: unknown; previousErrors?: unknown };
  if (OUTAGE_ERROR_NAMES.has(error.name) || OUTAGE_ERROR_CODES.has(String(code)) || OUTAGE_MESSAGES.test(error.message))
    return true;
  if (redisRefusalCode(error) !== undefined) return true;
  // A refused transaction fails with EXECABORT, and ioredis attaches the errors of its commands.
  if (Array.isArray(previousErrors) && previousErrors.some(isRedisUnavailable)) return true;
  return isRedisUnavailable(error.cause);
}
