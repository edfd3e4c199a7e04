import type { Logger } from "pino";
import type { RedisLocation, StandaloneRedis } from "../domain/redisLocation.js";
import { checkRedis } from "./checkRedis.js";
import { lockDataFolder } from "./dataFolder.js";
import { formatRedisAddress } from "./redisAddress.js";
import { requireRedisServer } from "./redisExecutable.js";
import { startRedisServer } from "./redisServer.js";

/** A Redis that answers and is fit for the service. */
export interface ProvidedRedis {
  location: RedisLocation;
  /** The server and the place of its data, for the start message. */
  source: string;
  /** Resolves when the service's own server has ended; never for another Redis. */
  ended: Promise<void>;
  /** Stops the service's own server. Does nothing for another Redis. */
  stop(): Promise<void>;
}

export interface ProvideRedisOptions {
  /** A running Redis; undefined starts the service's own server. */
  location: RedisLocation | undefined;
  /** The data folder of the service's own server. */
  dataDir: string;
  /** Whether the service's own server keeps its data across starts. */
  appendOnly: boolean;
  log: Logger;
}

/** Checks the configured Redis, or starts one. @throws RedisStartError with a sentence for the operator */
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

/** Starts the service's own Redis server. @throws RedisStartError with a sentence for the operator */
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
