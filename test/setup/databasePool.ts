import { Redis } from "ioredis";

/** In database 0: the numbers of unused databases, first in, first out. */
const FREE_DATABASES_KEY = "wms-test:free-databases";

async function withDatabase<T>(url: string, number: number, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(databaseUrl(url, number), { lazyConnect: true, maxRetriesPerRequest: 0 });
  try {
    await redis.connect();
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

function databaseUrl(url: string, number: number): string {
  const numbered = new URL(url);
  numbered.pathname = `/${number}`;
  return numbered.href;
}

/**
 * Offers the databases of a server to the tests of one run. Two runs at a time need two servers. A database that already
 * holds keys is neither offered nor emptied, since `REDIS_URL` may point to a Redis with data.
 *
 * @throws when fewer databases are free than two test files need
 */
export async function openPool(url: string): Promise<void> {
  await withDatabase(url, 0, async (redis) => {
    const [, configured = "16"] = (await redis.config("GET", "databases").catch(() => [])) as string[];
    const taken = new Set(
      [...(await redis.info("keyspace")).matchAll(/^db(\d+):/gm)].map(([, number]) => Number(number)),
    );
    const free = Array.from({ length: Number(configured) - 1 }, (_, index) => index + 1).filter(
      (number) => !taken.has(number),
    );
    if (free.length < 2)
      throw new Error("the tests need a Redis with empty databases: start one with --databases 4096");
    await redis
      .multi()
      .del(FREE_DATABASES_KEY)
      .rpush(FREE_DATABASES_KEY, ...free)
      .exec();
  });
}

/** Withdraws the offer of {@link openPool}. */
export const closePool = (url: string): Promise<number> =>
  withDatabase(url, 0, (redis) => redis.del(FREE_DATABASES_KEY));

/**
 * Takes an empty database.
 *
 * @returns its URL and number
 * @throws when none is left
 */
export async function takeDatabase(url: string): Promise<{ url: string; number: number }> {
  const number = await withDatabase(url, 0, (redis) => redis.lpop(FREE_DATABASES_KEY));
  if (number === null)
    throw new Error("no database is left for this test: start the Redis of REDIS_URL with --databases 4096");
  return { url: databaseUrl(url, Number(number)), number: Number(number) };
}

/** Empties databases and offers them again. The test file has closed its connections by then. */
export async function returnDatabases(url: string, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return;
  await withDatabase(url, 0, async (redis) => {
    for (const number of numbers) {
      await redis.select(number);
      await redis.flushdb();
    }
    await redis.select(0);
    await redis.rpush(FREE_DATABASES_KEY, ...numbers);
  });
}
