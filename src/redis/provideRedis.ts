import type { Logger } from "pino";
import type { RedisLocation, StandaloneRedis } from "../domain/redisLocation.js";
import { checkRedis } from "./checkRedis.js";
import { lockDataFolder } from "./dataFolder.js";
import { formatRedisAddress } from "./redisAddress.js";
import { requireRedisServer } from "./redisExecutable.js";
import { startRedisServer } from "./redisServer.js";

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

export interface ProvideRedisOptions {
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
export async function provideRedis(options: ProvideRedisOptions): Promise<ProvidedRedis> {
  if (options.location === undefined) return startOwnRedis(options);
  await checkRedis(options.location, options.log);
  return {
    location: options.location,
    source: formatRedisAddress(options.location),
    ended: new Promise(() => undefined),
    stop: async () => undefined,
  };
}

/** Starts a Redis of our own, as {@link provideRedis} does when none was asked for. */
export async function startOwnRedis({
  dataDir,
  appendOnly,
}: Omit<ProvideRedisOptions, "location" | "log">): Promise<ProvidedRedis & { location: StandaloneRedis }> {
  const command = await requireRedisServer();
  const folder = await lockDataFolder(dataDir);
  try {
    const server = await startRedisServer({ command, dir: folder.path, appendOnly });
    await folder.recordServerPort(server.port);
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
