import { epochMs } from "../domain/clock.js";
import { truncateText } from "../domain/truncateText.js";
import type { RedisClient } from "../redis/redisClient.js";
import { PAUSES_KEY } from "./keys.js";

/** The longest operator name that is kept. */
const MAX_NAME_CHARS = 200;

/** Who paused a queue, and when (epoch seconds). */
export interface Pause {
  by: string;
  since: number;
}

/**
 * The authors of pauses. BullMQ keeps whether a queue is paused; an entry of a queue that is not is out of date, because
 * another tool may have resumed it.
 */
export class Pauses {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Records that an operator pauses a queue now. @param queue the name of an existing queue: each takes memory */
  async record(queue: string, by: string): Promise<void> {
    const pause: Pause = { by: truncateText(by, MAX_NAME_CHARS), since: epochMs() / 1000 };
    await this.#redis.hset(PAUSES_KEY, queue, JSON.stringify(pause));
  }

  /** Forgets the pause of a queue. */
  async remove(queue: string): Promise<void> {
    await this.#redis.hdel(PAUSES_KEY, queue);
  }

  /** The recorded pauses by queue. */
  async readAll(): Promise<Map<string, Pause>> {
    const entries = Object.entries(await this.#redis.hgetall(PAUSES_KEY));
    return new Map(entries.map(([queue, text]) => [queue, JSON.parse(text) as Pause]));
  }
}
