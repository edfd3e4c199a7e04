import type { Redis } from "ioredis";
import { LAYOUT_KEY } from "./keys.js";

/** The data in Redis was written with another number of partitions: ids would be looked for in the wrong places. */
export class LayoutError extends Error {
  override name = "LayoutError";
}

/**
 * Writes the number of partitions at the first start and checks it at every later one.
 *
 * @throws LayoutError with one sentence that says what to set
 */
export async function checkLayout(redis: Redis, partitions: number): Promise<void> {
  await redis.hsetnx(LAYOUT_KEY, "partitions", partitions);
  const written = await redis.hget(LAYOUT_KEY, "partitions");
  if (written === String(partitions)) return;
  throw new LayoutError(
    `STORE_PARTITIONS: is ${partitions}, but the data in this Redis was written with ${written}; set STORE_PARTITIONS=${written}`,
  );
}
