import type { RedisClient } from "../redis/redisClient.js";
import { LAST_POLLS_KEY } from "./keys.js";

/** The time of the last poll of a TMS for each schedd, in epoch seconds. */
export class LastPolls {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Saves times, unless a later one is stored: another process may have served a later poll. */
  async saveLatest(polls: ReadonlyMap<string, number>): Promise<void> {
    if (polls.size === 0) return;
    const members = [...polls].flatMap(([schedd, at]) => [at, schedd]);
    await this.#redis.zadd(LAST_POLLS_KEY, "GT", ...members);
  }

  /** The saved times by schedd. */
  async readAll(): Promise<Map<string, number>> {
    const flat = await this.#redis.zrange(LAST_POLLS_KEY, 0, "-1", "WITHSCORES");
    return new Map(
      flat.flatMap((schedd, index) => (index % 2 === 0 ? [[schedd, Number(flat[index + 1])] as const] : [])),
    );
  }
}
