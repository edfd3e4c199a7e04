import type { Logger } from "pino";
import { findRedisRefusal } from "../../domain/redisOutage.js";

/** While Redis refuses commands, each request fails for the same reason. */
const REPEAT_AFTER_MS = 60_000;

/**
 * Creates a function that logs why a reachable Redis refuses commands, such as a missing permission: one line for each
 * cause, and one a minute while it lasts. Other errors are not logged.
 */
export function createRefusalLog(log: Logger): (error: unknown) => void {
  const loggedAtMs = new Map<string, number>();
  return (error) => {
    const refusal = findRedisRefusal(error);
    const nowMs = performance.now();
    if (refusal === undefined || nowMs < (loggedAtMs.get(refusal) ?? Number.NEGATIVE_INFINITY) + REPEAT_AFTER_MS)
      return;
    loggedAtMs.set(refusal, nowMs);
    log.error({ refusal }, "Redis refuses commands; requests are answered with 503");
  };
}
