import type { RedisClient } from "../redis/redisClient.js";
import { LAYOUT_KEY } from "./keys.js";

/** Which keys and records there are. Raised by a release that can't work with what an earlier one wrote. */
export const LAYOUT_VERSION = 2;

/** The data in Redis was written by a service that put it elsewhere: it would not be found. */
export class LayoutError extends Error {
  override name = "LayoutError";
}

/** How the data in Redis is laid out. */
export interface Layout {
  version: number;
  partitions: number;
}

/**
 * The layout of the data in Redis. An empty Redis gets ours. The commands that see to that count as writes whether there is
 * something to write or not, so this also tells whether Redis takes writes: a replica, one without memory or one whose disk
 * is full refuses them.
 *
 * @throws what ioredis raises: RedisClient is away, or refuses writes
 */
export async function readOrInitializeLayout(redis: RedisClient, partitions: number): Promise<Layout> {
  const [, , stored] = await Promise.all([
    redis.hsetnx(LAYOUT_KEY, "version", LAYOUT_VERSION),
    redis.hsetnx(LAYOUT_KEY, "partitions", partitions),
    redis.hmget(LAYOUT_KEY, "version", "partitions"),
  ]);
  return { version: Number(stored[0]), partitions: Number(stored[1]) };
}

/**
 * Writes the layout at the first start and checks it at every later one.
 *
 * @throws LayoutError with one sentence that says what to do
 */
export async function checkLayout(redis: RedisClient, partitions: number): Promise<void> {
  const stored = await readOrInitializeLayout(redis, partitions);
  const problem = explainLayoutMismatch(stored, partitions);
  if (problem !== undefined) throw new LayoutError(problem);
}

/** Why this process can't work with data of a layout, in one sentence; undefined when it can. */
export function explainLayoutMismatch(stored: Layout, partitions: number): string | undefined {
  if (stored.version !== LAYOUT_VERSION)
    return `the data in this Redis has layout ${stored.version}, and this release works with ${LAYOUT_VERSION}; use the release that wrote it`;
  if (stored.partitions === partitions) return undefined;
  return `STORE_PARTITIONS: is ${partitions}, but the data in this Redis was written with ${stored.partitions}; set STORE_PARTITIONS=${stored.partitions}`;
}
