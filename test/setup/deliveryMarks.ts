import type { RedisClient } from "../../src/redis/redisClient.js";
import type { HeldResponses } from "../processes/tcpProxy.js";
import { findKeys } from "./testRedis.js";
import { waitForValue } from "./waitFor.js";

/** Reads the marks of responses that are not delivered. */
export async function readDeliveryMarks(redis: RedisClient): Promise<string[]> {
  const keys = await findKeys(redis, "*undelivered*");
  return (await Promise.all(keys.map((key) => redis.hvals(key)))).flat();
}

/**
 * Lets the responses of Redis pass until a request has taken effect. The service does not know of the effect then: the
 * response to its script came after the marks were read without it.
 *
 * @param redis a client past the proxy that holds the responses
 */
export function waitForMark(responses: HeldResponses, redis: RedisClient): Promise<string[]> {
  let known = 0;
  return waitForValue(
    "a request has taken effect",
    () => {
      known = responses.count();
      return readDeliveryMarks(redis);
    },
    (marks) => {
      if (marks.length === 0) responses.release(known);
      return marks.length > 0;
    },
  );
}
