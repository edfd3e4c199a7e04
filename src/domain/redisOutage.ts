import { truncateText } from "./truncateText.js";

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

/**
 * Replies of a reachable Redis that can't serve now, or not before its operator has changed something. During a failover, two
 * nodes of a cluster may name each other (MOVED) until ioredis gives up. Before Redis 7, the error of a script wraps the
 * codes. The plain errors are those of Redis 6.2 to 8: within scripts, a missing permission has no code of its own.
 */
const REFUSALS =
  /(?:^|-)(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|MISCONF|NOREPLICAS|OOM|DEADLINE|NOAUTH|NOPERM|WRONGPASS)\b|^ERR (max number of clients reached|unknown command|Unknown Redis command|The user executing the script can't|ACL failure)/;

/**
 * The error and its causes. A refused transaction says EXECABORT, and ioredis attaches the replies to its commands. If all of
 * them failed with one error, such as that of a lost connection, ioredis attaches it to itself.
 */
function errorChain(error: unknown): Error[] {
  const chain = new Set<Error>();
  const add = (link: unknown): void => {
    if (!(link instanceof Error) || chain.has(link)) return;
    chain.add(link);
    const { previousErrors } = link as { previousErrors?: unknown };
    for (const previous of Array.isArray(previousErrors) ? previousErrors : []) add(previous);
    add(link.cause);
  };
  add(error);
  return [...chain];
}

/** A plain error may quote arguments of the command. */
const MAX_REFUSAL_LENGTH = 100;

/**
 * Returns the code of the reply with which Redis refused to serve now, such as `READONLY`, or its text when it has no code;
 * undefined for any other error.
 */
export function findRedisRefusal(error: unknown): string | undefined {
  const replies = errorChain(error).filter(({ name }) => name === "ReplyError");
  for (const { message } of replies) {
    const [, code, plain] = REFUSALS.exec(message) ?? [];
    if (code !== undefined) return code;
    if (plain !== undefined) return truncateText(message.replace(/ script: .*/s, ""), MAX_REFUSAL_LENGTH);
  }
  return undefined;
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
