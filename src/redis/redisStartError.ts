/** The service cannot use or start its Redis. The message is one sentence for the operator. */
export class RedisStartError extends Error {
  override name = "RedisStartError";
}
