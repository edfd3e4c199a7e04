import type { Logger } from "pino";
import { onConnected, type RedisClient } from "../redis/redisClient.js";
import { followRedisClock } from "../redis/redisClock.js";
import type { PeriodicWork } from "../workers/periodic.js";

/** Milliseconds between two comparisons with the clock of Redis. Clocks of machines drift by a few ms in a minute. */
const CLOCK_INTERVAL_MS = 5000;
/** A correction above it is logged: one of the two machines has a wrong or stepping clock. */
const LOGGED_CORRECTION_MS = 500;

/**
 * The work that sets the clock of this process by that of Redis. It does so after each new connection too: another server of
 * the same Redis may have another time.
 */
export function followClock(redis: RedisClient, log: Logger): PeriodicWork {
  onConnected(redis, () => void followRedisClock(redis).catch(() => undefined));
  return {
    name: "follow the clock of Redis",
    intervalMs: CLOCK_INTERVAL_MS,
    async runOnce() {
      const correctionMs = await followRedisClock(redis);
      if (Math.abs(correctionMs) > LOGGED_CORRECTION_MS)
        log.warn({ seconds: correctionMs / 1000 }, "the clock of Redis differs; the time of this process is corrected");
    },
  };
}
