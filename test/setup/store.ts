import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { openStore, type Store } from "../../src/store/store.js";
import { freshDatabase } from "./database.js";

/** A store on an empty database, with a client of it. Both are closed when the test has ended. */
export async function freshStore(partitions: number): Promise<{ redis: Redis; store: Store }> {
  const redis = new Redis(await freshDatabase());
  onTestFinished(() => redis.disconnect());
  return { redis, store: await openStore(redis, { partitions }) };
}
