import { RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from "rate-limiter-flexible";
import type { RedisClient } from "./redisClient.js";

/** Seconds for which requests are counted together, from the first one on. */
const WINDOW = 60;
/** Milliseconds that a count may take: what it guards has to wait for it. */
const PATIENCE = 500;

/**
 * Counts requests of callers in Redis, so that all web processes count together. One that has used up its allowance is
 * remembered by the process itself and costs no more calls.
 */
export function createAllowance(redis: RedisClient, perMinute: number) {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: "wms:requests",
    points: perMinute,
    duration: WINDOW,
    inMemoryBlockOnConsumed: perMinute + 1,
  });
  const bounded = new RLWrapperTimeouts({ limiter, timeoutMs: PATIENCE });
  return {
    perMinute,
    /**
     * @returns 0, or the seconds after which the caller may send its next request
     * @throws when Redis does not answer in time
     */
    async take(who: string): Promise<number> {
      try {
        await bounded.consume(who);
        return 0;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    },
  };
}
