import { correctClock } from "../domain/clock.js";
import { listMasters, type RedisClient } from "./redisClient.js";

/** How far the clocks of the masters differ from the one that this process follows, in milliseconds. */
let spreadMs = 0;

/** How far the clocks of the masters of a Redis Cluster differ from the one that this process follows, in milliseconds. */
export const clockSpreadMs = (): number => spreadMs;

/**
 * Corrects the clock of this process by the time of Redis. A Redis Cluster has one clock for each master; the one in the
 * middle counts, so a wrong one changes nothing.
 *
 * @returns the correction in milliseconds
 */
export async function followRedisClock(client: RedisClient): Promise<number> {
  const samples = await Promise.all(
    listMasters(client).map(async (master) => {
      const askedMs = performance.now();
      const [seconds, microseconds] = await master.time();
      return { shownMs: 1000 * Number(seconds) + Number(microseconds) / 1000, askedMs, answeredMs: performance.now() };
    }),
  );
  const aheadMs = ({ shownMs, askedMs }: (typeof samples)[number]) => shownMs - askedMs;
  const sorted = samples.toSorted((one, other) => aheadMs(one) - aheadMs(other));
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) return 0;
  spreadMs = Math.max(...sorted.map((sample) => Math.abs(aheadMs(sample) - aheadMs(middle))));
  return correctClock(middle);
}
