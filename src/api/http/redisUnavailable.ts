/** Names of the errors of ioredis and BullMQ that mean: not connected. */
const OUTAGE_ERROR_NAMES = new Set([
  "MaxRetriesPerRequestError",
  "ClusterAllFailedError",
  "AbortError",
  "InterruptError",
]);

/** Codes of failed system calls on a connection. Calls to the MQS report theirs as `WmsError`, so these are Redis'. */
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

/** Plain `Error`s of ioredis, told apart by their message alone. */
const OUTAGE_MESSAGES =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Cluster isn't ready|Too many Cluster redirections|None of startup nodes|Node is disconnected|Socket timeout|connect ETIMEDOUT)/;

/** Replies of a Redis that is there but can't serve now; before Redis 7 a script's error wraps them. */
const OUTAGE_REPLIES = /(^|-)(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS|OOM)\b/;

/** Whether an error says that Redis is away, or can't serve now, rather than that the service is at fault. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, previousErrors } = error as { code?: unknown; previousErrors?: unknown };
  if (OUTAGE_ERROR_NAMES.has(error.name) || OUTAGE_ERROR_CODES.has(String(code)) || OUTAGE_MESSAGES.test(error.message))
    return true;
  if (error.name === "ReplyError" && OUTAGE_REPLIES.test(error.message)) return true;
  // A refused transaction says EXECABORT, and ioredis keeps what its commands said.
  if (Array.isArray(previousErrors) && previousErrors.some(isRedisUnavailable)) return true;
  return isRedisUnavailable(error.cause);
}
