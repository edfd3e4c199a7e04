import { epochMs } from "../domain/clock.js";
import { MAX_UNKNOWN_SCHEDDS, UNKNOWN_POLL_SECONDS, type UnknownPoll } from "../domain/unknownPoll.js";
import type { RedisClient } from "../redis/redisClient.js";
import { UNKNOWN_POLLS_KEY } from "./keys.js";
import { runScript } from "./scripts.js";

/** The first and the last poll of schedds that are not known. */
export class UnknownPolls {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Adds polls to the stored ones. */
  async save(polls: Iterable<UnknownPoll>): Promise<void> {
    const values = [...polls].flatMap(({ schedd, first_poll, last_poll }) => [schedd, first_poll, last_poll]);
    if (values.length === 0) return;
    const limits = [UNKNOWN_POLL_SECONDS, epochMs() / 1000, MAX_UNKNOWN_SCHEDDS];
    await runScript(this.#redis, "recordUnknownPolls", [UNKNOWN_POLLS_KEY], [...limits, ...values]);
  }

  /** The stored polls, in any order. */
  async readAll(): Promise<UnknownPoll[]> {
    const since = epochMs() / 1000 - UNKNOWN_POLL_SECONDS;
    return Object.entries(await this.#redis.hgetall(UNKNOWN_POLLS_KEY)).flatMap(([schedd, times]) => {
      const [first_poll = 0, last_poll = 0] = times.split(" ").map(Number);
      return last_poll > since ? [{ schedd, first_poll, last_poll }] : [];
    });
  }
}
