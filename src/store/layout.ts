import type { RedisClient } from "../redis/redisClient.js";
import { LAYOUT_KEY } from "./keys.js";

/** The version of keys and records. A release that cannot read the data of an earlier one raises it. */
export const LAYOUT_VERSION = 2;

/** The field of {@link LAYOUT_KEY} with the number of the last addition of indexes. */
const INDEXES_FIELD = "indexes";
const INDEXES_VERSION = "2";

/** The data in Redis has a layout that this process cannot use. */
export class LayoutError extends Error {
  override name = "LayoutError";
}

/** The layout of the data in Redis. */
export interface Layout {
  version: number;
  partitions: number;
}

/**
 * Reads the layout of the data in Redis, and writes the layout of this release into an empty one. The commands count
 * as writes in any case, so they also check that Redis accepts writes: a replica, or a Redis without memory or disk
 * space, refuses them.
 *
 * @throws the error of ioredis when Redis is unreachable or refuses writes
 */
export async function readOrInitializeLayout(redis: RedisClient, partitions: number): Promise<Layout> {
  const [isNew, , stored] = await Promise.all([
    redis.hsetnx(LAYOUT_KEY, "version", LAYOUT_VERSION),
    redis.hsetnx(LAYOUT_KEY, "partitions", partitions),
    redis.hmget(LAYOUT_KEY, "version", "partitions"),
  ]);
  if (isNew === 1) await markIndexesComplete(redis);
  return { version: Number(stored[0]), partitions: Number(stored[1]) };
}

/** Reads the layout of the data in Redis; undefined when there is none. */
export async function readLayout(redis: RedisClient): Promise<Layout | undefined> {
  const [version, partitions] = await redis.hmget(LAYOUT_KEY, "version", "partitions");
  return version == null ? undefined : { version: Number(version), partitions: Number(partitions) };
}

/** Records that the data has been converted to a version. */
export const writeLayoutVersion = async (redis: RedisClient, version: number): Promise<void> =>
  void (await redis.hset(LAYOUT_KEY, "version", version));

/**
 * Writes the layout at the first start and checks it at every later one.
 *
 * @throws LayoutError with one sentence that says what to do
 */
export async function checkLayout(redis: RedisClient, partitions: number): Promise<void> {
  const problem = explainLayoutMismatch(await readOrInitializeLayout(redis, partitions), partitions);
  if (problem !== undefined) throw new LayoutError(problem);
}

/** The reason why this process cannot use a layout, in one sentence; undefined when it can. */
export function explainLayoutMismatch(stored: Layout, partitions: number): string | undefined {
  if (stored.version !== LAYOUT_VERSION)
    return (
      `the data in this Redis has layout ${stored.version}, and this release works with ${LAYOUT_VERSION}; ` +
      (stored.version < LAYOUT_VERSION
        ? "run ewms-admin migrate, or use the release that wrote it"
        : "use the release that wrote it")
    );
  if (stored.partitions === partitions) return undefined;
  return (
    `STORE_PARTITIONS: is ${partitions}, but the data in this Redis was written with ${stored.partitions}; ` +
    `set STORE_PARTITIONS=${stored.partitions}`
  );
}

/** Whether the data has the indexes of this release. */
export const areIndexesComplete = async (redis: RedisClient): Promise<boolean> =>
  (await redis.hget(LAYOUT_KEY, INDEXES_FIELD)) === INDEXES_VERSION;

/** Records that the data has the indexes of this release. */
export const markIndexesComplete = async (redis: RedisClient): Promise<void> =>
  void (await redis.hset(LAYOUT_KEY, INDEXES_FIELD, INDEXES_VERSION));
