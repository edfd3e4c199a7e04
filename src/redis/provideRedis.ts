import type { Logger } from "pino";
import type { OneRedis, RedisLocation } from "../domain/redisLocation.js";
import { displayAddress } from "./redisAddress.js";
import { checkRedis } from "./checkRedis.js";
import { takeDataFolder } from "./dataFolder.js";
import { ensureRedisServer } from "./redisExecutable.js";
import { startServer } from "./redisServer.js";

/** A Redis that answered and is fit for the service. */
export interface ProvidedRedis {
  location: RedisLocation;
  /** Which one it is and where its data lies, for people to read. */
  source: string;
  /** Fulfilled when a server of our own has ended; never for one that isn't ours. */
  ended: Promise<void>;
  /** Ends the server if it is ours. */
  stop(): Promise<void>;
}

export interface RedisWish {
  /** Where a Redis runs already; undefined: one of our own is started. */
  location: RedisLocation | undefined;
  /** Where the data of our own lies. */
  dataDir: string;
  /** Whether our own keeps its data across starts. */
  appendOnly: boolean;
  log: Logger;
}

/**
 * Finds the Redis that was asked for, or starts one.
 *
 * @throws RedisStartError with one sentence that says what to do
 */
export async function provideRedis(wish: RedisWish): Promise<ProvidedRedis> {
  if (wish.location === undefined) return startOwnRedis(wish);
  await checkRedis(wish.location, wish.log);
  return {
    location: wish.location,
    source: displayAddress(wish.location),
    ended: new Promise(() => undefined),
    stop: async () => undefined,
  };
}

/** Starts a Redis of our own, as {@link provideRedis} does when none was asked for. */
export async function startOwnRedis({
  dataDir,
  appendOnly,
  log,
}: Omit<RedisWish, "location">): Promise<ProvidedRedis & { location: OneRedis }> {
  const command = await ensureRedisServer((line) => log.info(line));
  const folder = await takeDataFolder(dataDir);
  try {
    const server = await startServer({ command, dir: folder.path, appendOnly });
    await folder.noteServer(server.port);
    return {
      location: { url: server.url },
      source: `a ${command} of its own on port ${server.port}, data in ${folder.path}`,
      ended: server.ended,
      async stop() {
        await server.stop();
        await folder.release();
      },
    };
  } catch (error) {
    await folder.release();
    throw error;
  }
}
