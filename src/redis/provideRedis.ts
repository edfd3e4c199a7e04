import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RedisLocation, StandaloneRedis } from "../domain/redisLocation.js";
import { checkRedis } from "./checkRedis.js";
import { lockDataFolder } from "./dataFolder.js";
import { formatRedisAddress, RedisNotReadyError } from "./redisAddress.js";
import { requireRedisServer } from "./redisExecutable.js";
import { startRedisServerOnSocket } from "./redisServer.js";
import { createSocketFolder, type SocketFolder } from "./socketFolder.js";

/** A Redis that answers and is fit for the service. */
export interface ProvidedRedis {
  location: RedisLocation;
  /** The server and the place of its data, for the start message. */
  source: string;
  /** The command that opens a client of the service's own server; undefined for another Redis. */
  clientCommand: string | undefined;
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
  /** Seconds to wait until the configured Redis is ready. */
  waitSeconds: number;
  /** Ends the wait. */
  signal: AbortSignal;
  log: Logger;
}

/**
 * Checks the configured Redis, or starts one.
 *
 * @throws RedisStartError with a sentence for the operator; the reason of the signal
 */
export async function provideRedis(options: ProvideRedisOptions): Promise<ProvidedRedis> {
  if (options.location === undefined) return startOwnRedis(options);
  await waitUntilReady(options.location, options);
  return {
    location: options.location,
    source: formatRedisAddress(options.location),
    clientCommand: undefined,
    ended: new Promise(() => undefined),
    stop: async () => undefined,
  };
}

/** Milliseconds between two attempts, and between two lines in the log. */
const RETRY_INTERVAL_MS = 500;
const LOG_INTERVAL_MS = 5000;

/** Waits until a Redis answers: an orchestrator starts it side by side, and a large one loads its data for minutes. */
async function waitUntilReady(
  location: RedisLocation,
  { waitSeconds, signal, log }: Pick<ProvideRedisOptions, "waitSeconds" | "signal" | "log">,
): Promise<void> {
  const deadlineMs = performance.now() + 1000 * waitSeconds;
  let nextLogAtMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    try {
      return await checkRedis(location, log);
    } catch (error) {
      const nowMs = performance.now();
      if (!(error instanceof RedisNotReadyError) || nowMs + RETRY_INTERVAL_MS > deadlineMs) throw error;
      if (nowMs >= nextLogAtMs) {
        const seconds = Math.round((deadlineMs - nowMs) / 1000);
        log.warn({ reason: error.message, seconds }, "waiting until Redis is ready");
        nextLogAtMs = nowMs + LOG_INTERVAL_MS;
      }
    }
    await delay(RETRY_INTERVAL_MS, undefined, { signal });
  }
}

/** Starts the service's own Redis server, on a socket that only its user can reach. @throws RedisStartError with a sentence for the operator */
export async function startOwnRedis({
  dataDir,
  appendOnly,
}: Pick<ProvideRedisOptions, "dataDir" | "appendOnly">): Promise<ProvidedRedis & { location: StandaloneRedis }> {
  const command = await requireRedisServer();
  const folder = await lockDataFolder(dataDir);
  let socketFolder: SocketFolder | undefined;
  const release = async () => {
    await socketFolder?.remove();
    await folder.release();
  };
  try {
    socketFolder = await createSocketFolder(folder.path);
    const { socketPath } = socketFolder;
    const server = await startRedisServerOnSocket({ command, dir: folder.path, appendOnly }, socketPath);
    await folder.recordSocket(socketPath);
    const client = `${command.replace("server", "cli")} -s ${quoteForShell(socketPath)}`;
    return {
      location: { url: server.url },
      source: `a ${command} of its own, data in ${folder.path}`,
      clientCommand: client,
      ended: server.ended,
      async stop() {
        await server.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Quotes a path for the shells of Unix, if it needs that. */
const quoteForShell = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
