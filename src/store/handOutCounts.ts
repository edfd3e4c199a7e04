import { epochMs } from "../domain/clock.js";
import { type RedisClient, unwrapReplies } from "../redis/redisClient.js";
import { handOutCountsKey } from "./keys.js";

/** Seconds that one counter covers. */
const PERIOD_SECONDS = 600;
/** The counters that cover the last hour, with the one that lasts. */
const PERIODS = 7;

/** How many taskforces were handed out to be started, by schedd and ten minutes. */
export class HandOutCounts {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Adds numbers of hand-outs by schedd. @param nowSeconds epoch seconds */
  async add(counts: ReadonlyMap<string, number>, nowSeconds = epochMs() / 1000): Promise<void> {
    if (counts.size === 0) return;
    const key = handOutCountsKey(Math.floor(nowSeconds / PERIOD_SECONDS));
    const multi = this.#redis.multi();
    for (const [schedd, count] of counts) multi.hincrby(key, schedd, count);
    multi.expire(key, (PERIODS + 1) * PERIOD_SECONDS);
    unwrapReplies(await multi.exec());
  }

  /** The approximate number of hand-outs at a schedd in the last hour. @param nowSeconds epoch seconds */
  async readLastHour(schedd: string, nowSeconds = epochMs() / 1000): Promise<number> {
    const period = Math.floor(nowSeconds / PERIOD_SECONDS);
    const counts = await Promise.all(
      Array.from({ length: PERIODS }, (_, age) => this.#redis.hget(handOutCountsKey(period - age), schedd)),
    );
    // The oldest counter began more than an hour ago: the part that is within the hour counts.
    const oldestShare = 1 - (nowSeconds / PERIOD_SECONDS - period);
    const sum = counts.reduce(
      (total, count, age) => total + Number(count ?? 0) * (age === PERIODS - 1 ? oldestShare : 1),
      0,
    );
    return Math.round(sum);
  }
}
