/** The Redis that was asked for can't be had. The message is one sentence for the person at the terminal. */
export class RedisStartError extends Error {
  override name = "RedisStartError";
}
