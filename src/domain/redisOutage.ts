/** Names of errors of ioredis and BullMQ for a lost connection. */
const OUTAGE_ERROR_NAMES = new Set([
  "MaxRetriesPerRequestError",
  "ClusterAllFailedError",
  "AbortError",
  "InterruptError",
]);

/** Codes of failed system calls on a connection. They belong to Redis, because calls to the MQS throw a `WmsError`. */
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

/** Messages of ioredis's plain `Error`s, which have neither a name nor a code of their own. */
const OUTAGE_MESSAGES =
  /^(Connection is closed|Stream isn't writeable|Command timed out|Cluster isn't ready|Too many Cluster redirections|None of startup nodes|Node is disconnected|Socket timeout|connect ETIMEDOUT)/;

/** Replies of a reachable Redis that can't serve now. Before Redis 7, the error of a script wraps them. */
const REFUSALS = /(?:^|-)(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|NOREPLICAS|OOM)\b/;

/** The error and its causes. A refused transaction says EXECABORT, and ioredis attaches the replies to its commands. */
function errorChain(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const { previousErrors } = error as { previousErrors?: unknown };
  const previous = Array.isArray(previousErrors) ? previousErrors : [];
  return [error, ...previous.flatMap(errorChain), ...errorChain(error.cause)];
}

/** Returns the reply with which Redis refused to serve now, such as `READONLY`; undefined for any other error. */
export function findRedisRefusal(error: unknown): string | undefined {
  const replies = errorChain(error).filter(({ name }) => name === "ReplyError");
  return replies.map(({ message }) => REFUSALS.exec(message)?.[1]).find((refusal) => refusal !== undefined);
}

/** Whether an error says that Redis is unreachable or can't serve now. Any other error is a fault of the service. */
export const isRedisUnavailable = (error: unknown): boolean =>
  findRedisRefusal(error) !== undefined ||
  errorChain(error).some(
    (each) =>
      OUTAGE_ERROR_NAMES.has(each.name) ||
      OUTAGE_ERROR_CODES.has(String((each as NodeJS.ErrnoException).code)) ||
      OUTAGE_MESSAGES.test(each.message),
  );
