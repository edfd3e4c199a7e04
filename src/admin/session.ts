import type { Logger } from "pino";
import { type DataConfig, readDataConfig } from "../config/config.js";
import type { RedisLocation } from "../domain/redisLocation.js";
import { connectClient } from "../redis/connectClients.js";
import { findRunningServer } from "../redis/dataFolder.js";
import { provideRedis } from "../redis/provideRedis.js";
import type { RedisClient } from "../redis/redisClient.js";
import { followRedisClock } from "../redis/redisClock.js";
import { openStore, type Store } from "../store/store.js";
import { AdminError, EXIT_CODE } from "./exitCodes.js";

/** What a command works with. */
export interface AdminSession {
  config: DataConfig;
  store: Store;
  log: Logger;
  /** Aborts at Ctrl-C. */
  signal: AbortSignal;
}

/**
 * Runs a command on the Redis of the service's settings. Without `REDIS_URL`, that is the one which a running service has
 * started on `DATA_DIR`; if none runs, this process starts it for the command.
 *
 * @param open opens the store; by default only one with the layout of this release
 * @throws ConfigError, RedisStartError, LayoutError; AdminError `interrupted` after a Ctrl-C
 */
export async function openSession(
  env: Readonly<Record<string, string | undefined>>,
  log: Logger,
  work: (session: AdminSession) => Promise<void>,
  open: typeof openStore = openStore,
): Promise<void> {
  const config = readDataConfig(env);
  await runInterruptible(async (signal) => {
    const redis = await provideRedis({
      location: config.redis ?? (await findOwnServer(config.dataDir)),
      dataDir: config.dataDir,
      appendOnly: true,
      waitSeconds: config.redisWaitSeconds,
      signal,
      log: log.child({}, { level: "error" }),
    });
    const clients: RedisClient[] = [];
    const connect = async (name: "requests" | "bulk") => {
      const client = await connectClient(redis.location, name, log);
      clients.push(client);
      return client;
    };
    try {
      const requests = await connect("requests");
      await followRedisClock(requests);
      const store = await open(requests, { partitions: config.partitions, bulk: await connect("bulk") });
      await work({ config, store, log, signal });
    } finally {
      for (const client of clients) client.disconnect();
      await redis.stop();
    }
  });
}

async function findOwnServer(dataDir: string): Promise<RedisLocation | undefined> {
  const url = await findRunningServer(dataDir);
  return url === undefined ? undefined : { url };
}

/** Aborts the signal at the first SIGINT or SIGTERM. A second one ends the process. */
async function runInterruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) process.exit(EXIT_CODE.interrupted);
    interrupt.abort(new AdminError(EXIT_CODE.interrupted, "interrupted: run the same command again, and it continues"));
  };
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, onSignal);
  try {
    await work(interrupt.signal);
  } finally {
    for (const name of ["SIGINT", "SIGTERM"]) process.off(name, onSignal);
  }
}
