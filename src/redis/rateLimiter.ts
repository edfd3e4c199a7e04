import { RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from "rate-limiter-flexible";
import type { RedisClient } from "./redisClient.js";

/** Seconds of a counting window, which begins with its first request. */
const WINDOW_SECONDS = 60;
/** Milliseconds that a count may take, because the request waits for it. */
const COUNT_TIMEOUT_MS = 500;

/**
 * Creates a rate limiter that counts the requests of each caller in Redis, for all web processes. A process caches
 * callers that exceed the limit, so they cost no further commands.
 */
export function createRateLimiter(redis: RedisClient, perMinute: number) {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: "wms:requests",
    points: perMinute,
    duration: WINDOW_SECONDS,
    inMemoryBlockOnConsumed: perMinute + 1,
  });
  const limiterWithTimeout = new RLWrapperTimeouts({ limiter, timeoutMs: COUNT_TIMEOUT_MS });
  return {
    perMinute,
    /**
     * Counts a request.
     *
     * @returns 0, or the seconds until the caller may send its next request
     * @throws Error when Redis does not answer in time
     */
    async take(callerKey: string): Promise<number> {
      try {
        await limiterWithTimeout.consume(callerKey);
        return 0;
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
        return Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
      }
    },
  };
}
