import { RateLimiterMemory, RateLimiterRedis, type RateLimiterRes, RLWrapperTimeouts } from "rate-limiter-flexible";
import type { RedisClient } from "./redisClient.js";

/** Seconds of a counting window, which begins with its first failure. */
const WINDOW_SECONDS = 60;
/** Milliseconds that a count may take, because the login waits for it. */
const COUNT_TIMEOUT_MS = 500;

/**
 * Creates a counter of failed logins in Redis, for all web processes. While Redis does not answer in time, a process goes
 * by those that it has counted itself.
 */
export function createLoginFailureCounter(redis: RedisClient) {
  // The caller compares the counts with its limit.
  const window = { points: 1, duration: WINDOW_SECONDS };
  const limiter = new RateLimiterRedis({ storeClient: redis, keyPrefix: "wms:login-failures", ...window });
  const shared = new RLWrapperTimeouts({ limiter, timeoutMs: COUNT_TIMEOUT_MS });
  const own = new RateLimiterMemory(window);
  return {
    /** Returns the failures of a key in its current window. */
    read: async (key: string) => toFailureCount(await shared.get(key).catch(() => own.get(key))),
    /** Counts a failure. @returns the failures with this one */
    async add(key: string) {
      const counted = await own.penalty(key, 1);
      return toFailureCount(await shared.penalty(key, 1).catch(() => counted));
    },
  };
}

const toFailureCount = (result: RateLimiterRes | null) => ({
  failures: result?.consumedPoints ?? 0,
  secondsLeft: Math.max(1, Math.ceil((result?.msBeforeNext ?? 0) / 1000)),
});
