import { RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from "rate-limiter-flexible";
import type { RedisClient } from "./redisClient.js";

/** Seconds for which requests are counted together, from the first one on. */
const WINDOW_SECONDS = 60;
/** Milliseconds that a count may take: what it guards has to wait for it. */
const COUNT_TIMEOUT_MS = 500;

/**
 * Counts requests of callers in Redis, so that all web processes count together. One that has used up its allowance is
 * remembered by the process itself and costs no more calls.
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
     * @returns 0, or the seconds after which the caller may send its next request
     * @throws when Redis does not answer in time
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
